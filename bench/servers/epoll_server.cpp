// The raw epoll loop: what all others are held against. Linux epoll, level-triggered; one read,
// all its frames, one write.
//
//   bench-epoll-server [--threads N]
//
// A buffer of 64 KiB a connection. While a peer does not take its answers, nothing is read from it. There are no
// deadlines, no limits on connections, no drain, no report: only what moving the bytes costs. A thread has an epoll of
// its own, and the first one accepts for all in turn.
#include "program.hpp"
#include "protocol.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

struct connection {
    explicit connection(int socket) : fd(socket) {}
    ~connection() { ::close(fd); }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    int fd;
    bench::inbox in;
    std::string unsent;   // answers that the peer has not taken
};

class loop {
public:
    void listen(int listener, std::vector<loop>& all) {
        listener_ = listener;
        all_ = &all;
        watch(EPOLL_CTL_ADD, listener, EPOLLIN, nullptr);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int ready = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < ready; ++i) {
                auto* const which = static_cast<connection*>(events[static_cast<std::size_t>(i)].data.ptr);
                if (which == nullptr) accept_all();
                else if (!serve(*which)) delete which;
            }
        }
    }

private:
    void watch(int operation, int fd, std::uint32_t what, connection* whose) const {
        epoll_event interest{.events = what, .data = {.ptr = whose}};
        ::epoll_ctl(poll_, operation, fd, &interest);
    }

    void accept_all() {
        for (;;) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) return;
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            (*all_)[turn_++ % all_->size()].watch(EPOLL_CTL_ADD, fd, EPOLLIN, new connection(fd));
        }
    }

    // False: the connection is over.
    bool serve(connection& one) {
        if (!one.unsent.empty()) return send_rest(one);
        const std::span<char> room = one.in.room();
        const ssize_t got = ::recv(one.fd, room.data(), room.size(), 0);
        if (got < 0) return errno == EAGAIN;
        if (got == 0 || !one.in.take(static_cast<std::size_t>(got), out_)) return false;
        return out_.empty() || send_answers(one);
    }

    bool send_answers(connection& one) {
        const std::string_view answers = out_.view();
        ssize_t sent = ::send(one.fd, answers.data(), answers.size(), MSG_NOSIGNAL);
        out_.clear();
        if (sent < 0 && errno != EAGAIN) return false;
        sent = std::max<ssize_t>(sent, 0);
        if (static_cast<std::size_t>(sent) == answers.size()) return true;
        one.unsent = answers.substr(static_cast<std::size_t>(sent));
        watch(EPOLL_CTL_MOD, one.fd, EPOLLOUT, &one);
        return true;
    }

    bool send_rest(connection& one) {
        const ssize_t sent = ::send(one.fd, one.unsent.data(), one.unsent.size(), MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN;
        one.unsent.erase(0, static_cast<std::size_t>(sent));
        if (one.unsent.empty()) watch(EPOLL_CTL_MOD, one.fd, EPOLLIN, &one);
        return true;
    }

    int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    int listener_ = -1;
    std::vector<loop>* all_ = nullptr;
    std::size_t turn_ = 0;
    bench::acks out_;
};

}   // namespace

int main(int argc, char** argv) {
    bench::program program("bench-epoll-server",
                           "Answers submits in a raw epoll loop: no deadlines, no limits, no drain.");
    if (const auto status = program.parse(argc, argv)) return *status;
    std::vector<loop> loops(program.threads());
    const int listener = bench::listen_on_loopback();
    loops.front().listen(listener, loops);
    bench::announce(bench::port_of(listener));
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < loops.size(); ++i) others.emplace_back([&one = loops[i]] { one.run(); });
    loops.front().run();
}
