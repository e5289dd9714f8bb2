// full-backlog: the kernel connects clients before the server accepts them, and keeps as many as the backlog says.
// When that is full it does not refuse but leaves the next client unanswered, and the client's kernel asks again later.
#include "../experiment.hpp"
#include "../kernel.hpp"

#include <hawser/io/dial.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lab {

namespace {

// A server in plain system calls, whose descriptor can be asked about its queue.
class silent_server {
public:
    explicit silent_server(int backlog) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        ::sockaddr_in here{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
        ::socklen_t size = sizeof here;
        ::bind(descriptor_, reinterpret_cast<::sockaddr*>(&here), size);
        ::listen(descriptor_, backlog);
        ::getsockname(descriptor_, reinterpret_cast<::sockaddr*>(&here), &size);
        where = {.host = "127.0.0.1", .port = ntohs(here.sin_port)};
    }
    silent_server(const silent_server&) = delete;
    silent_server& operator=(const silent_server&) = delete;
    ~silent_server() { ::close(descriptor_); }

    // Clients that are connected and not accepted: of a socket that listens, TCP_INFO tells it in this field.
    [[nodiscard]] unsigned waiting() const { return tcp_info_of(descriptor_).tcpi_unacked; }

    io::task<void> accept_one(io::duration later) const {
        co_await io::sleep(later);
        ::close(::accept(descriptor_, nullptr, nullptr));
    }

    io::address where;

private:
    int descriptor_;
};

}   // namespace

io::task<void> full_backlog(notebook& notes) {
    const silent_server server(2);
    std::vector<io::transport> connected;
    int unanswered = 0;

    notes.did("A server listened with a backlog of 2, and did not accept. 8 clients had 100 ms each to connect.");
    for (int number = 0; number < 8; ++number) {
        result<io::transport> dialled = co_await io::dial(server.where, 100ms);
        if (dialled) connected.push_back(std::move(*dialled));
        else if (dialled.error() == errc::connect_timeout) ++unanswered;
    }
    notes.saw(connected.size() == 3 && server.waiting() == 3, connected.size(), " were connected, and the kernel has ",
              server.waiting(), " to be accepted: Linux takes one more than the backlog.");
    notes.saw(unanswered == 5, unanswered, " got no answer: \"", make_error_code(errc::connect_timeout).message(),
              "\".");
    if (connected.empty()) co_return;
    io::stream first(std::move(connected.front()));
    const io::transferred sent = co_await first.write_all(as_bytes("is anybody there?"));
    notes.saw(!sent.error, "The first wrote ", sent.count, " bytes. It cannot tell that nobody has accepted it.");

    notes.did("The server accepted one, 100 ms after another client had begun to connect.");
    const io::time_point began = io::clock::now();
    io::group accepting(first.get_executor());
    accepting.spawn(server.accept_one(100ms));
    const result<io::transport> late = co_await io::dial(server.where, patience);
    co_await accepting.join();
    notes.saw(late && ms_since(began) >= 500, "That client was connected after ", ms_since(began),
              " ms: its kernel asks again after a second.");
}

}   // namespace lab
