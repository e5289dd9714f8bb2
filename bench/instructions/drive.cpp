// bench-instructions: a whole server, driven by one thread through loopback, for callgrind to count its instructions.
//
//   valgrind --tool=callgrind --toggle-collect='*serve*context*' --toggle-collect='*client_turn*'
//       bench-instructions --window 64 --requests 20000 [--serve]
//   bench-instructions --versions          # what the number depends on beside our own sources
//
// What is counted is serve() without client_turn(). One thread does everything, in the same order each time, so the
// number is the same each time.
#include <hawser/server.hpp>
#include <tools/command_line.hpp>

#include <boost/asio/post.hpp>
#include <boost/version.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

using namespace hawser;

namespace {

packet::submit_ack on_submit(server::context&, const packet::submit& s) { return {s.id}; }

// The same as a coroutine a connection.
io::task<void> answer_submits(server::connection& conn) {
    while (const auto body = co_await conn.read_frame()) {
        const auto asked = packet::decode_as<packet::submit>(*body);
        if (!asked) break;
        const packet::submit_ack ack{asked->id};
        if (const auto sent = co_await conn.send(ack); !sent) break;
    }
}

// The client's side, without a thing that would wait: the server is served on the same thread.
class peer {
public:
    explicit peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
            throw std::system_error(errno, std::system_category(), "connect");
    }
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;
    ~peer() { ::close(fd_); }

    void say(std::string_view data) {
        if (::send(fd_, data.data(), data.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(data.size()))
            throw std::system_error(errno, std::system_category(), "send");
    }

    // What has arrived, up to `most` bytes.
    std::string hear(std::size_t most) {
        std::string heard(most, '\0');
        const ssize_t count = ::recv(fd_, heard.data(), heard.size(), MSG_DONTWAIT);
        if (count == 0) throw std::runtime_error("the server has closed");
        heard.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
        return heard;
    }

private:
    int fd_;
};

template <packet::packet Packet>
std::string frames(const Packet& sample, std::uint32_t count) {
    byte_buffer body, wire;
    for (std::uint32_t i = 0; i < count; ++i) {
        body.clear();
        if (packet::encode(sample, body) || frame::any_codec().encode(body.view(), wire))
            throw std::logic_error("a packet too long");
    }
    return std::string(as_text(wire.view()));
}

// Requests, `window` at a time; every answer is compared.
class conversation {
public:
    conversation(std::uint16_t port, std::uint32_t window, std::uint32_t requests)
        : client_(port), turns_left_(requests / window) {
        const packet::id id = packet::serial::from_number(1);
        submits_ = frames(packet::submit{id, as_bytes("a payload of thirty-two bytes...")}, window);
        acks_ = frames(packet::submit_ack{id, packet::outcome::ok}, window);
        client_.say(submits_);
    }

    // Takes what has come, and says more if that is all. False when it is over.
    [[gnu::noinline]] bool client_turn() {
        heard_ += client_.hear(acks_.size() - heard_.size());
        if (heard_.size() < acks_.size()) return true;
        if (heard_ != acks_) throw std::runtime_error("a wrong answer");
        heard_.clear();
        if (--turns_left_ == 0) return false;
        client_.say(submits_);
        return true;
    }

private:
    peer client_;
    std::uint32_t turns_left_;
    std::string submits_, acks_, heard_;
};

// The client's turns are functions of the server's io_context, so that the server runs as it always does.
void take_turns(io::asio::io_context& context, server::server& server, conversation& talk) {
    if (!talk.client_turn()) return server.stop();
    io::asio::post(context, [&] { take_turns(context, server, talk); });
}

[[gnu::noinline]] void serve(io::asio::io_context& context) { context.run(); }

server::server make_server(bool serves) {
    const server::config settings{.listen = {"127.0.0.1:0"}, .linger = {}};
    if (serves) return server::server(settings, answer_submits);
    server::router router;
    router.on<packet::submit>(on_submit);
    return server::server(settings, router);
}

void drive(bool serves, std::uint32_t window, std::uint32_t requests) {
    io::asio::io_context context(1);
    server::server server = make_server(serves);
    if (!server.start(context)) throw std::runtime_error(server.failure());
    conversation talk(server.port(), window, requests);
    io::asio::post(context, [&] { take_turns(context, server, talk); });
    serve(context);
}

// One line each, as a program reads them.
void print_versions() {
    utsname machine{};
    ::uname(&machine);
    std::cout << "compiler " << __VERSION__ << "\nboost " << BOOST_LIB_VERSION << "\nmachine " << machine.machine
              << '\n';
}

}   // namespace

int main(int argc, char** argv) {
    std::uint32_t window = 64, requests = 20'000;
    bool serves = false, versions = false;
    tools::command_line line("bench-instructions", "[options]",
                             "Drives a whole server on one thread, for bench/instructions/run.");
    line.add("window", "N", "submits in flight; default 64", tools::into_count(window, 1, 1000));
    line.add("requests", "N", "how many in all; default 20000", tools::into_count(requests, 1, 1'000'000));
    line.add_switch("serve", "a coroutine a connection, in place of a router", serves);
    line.add_switch("versions", "print compiler, Boost and machine instead", versions);
    if (const auto status = line.parse(argc, argv)) return *status;
    try {
        if (versions) print_versions();
        else drive(serves, window, requests);
    } catch (const std::exception& error) {
        return line.fail(error.what());
    }
    return 0;
}
