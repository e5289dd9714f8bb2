// datagram_peer: the other side of a server of datagrams under test, as a plain socket of this machine. What it sends
// is in the queue of the server when the call returns.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::test {

class datagram_peer {
public:
    /// One that asks the server at this port of 127.0.0.1, and comes from the `host`-th address of 127.0.0.0/24.
    explicit datagram_peer(std::uint16_t port, unsigned host = 1)
        : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), to_(at(1, port)) {
        const sockaddr_in from = at(host, 0);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
            throw std::runtime_error("bind: " + std::to_string(errno));
        const timeval patience{.tv_sec = 20, .tv_usec = 0};   // a test that waits longer has failed
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    datagram_peer(datagram_peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)), to_(other.to_) {}
    datagram_peer(const datagram_peer&) = delete;
    ~datagram_peer() {
        if (fd_ >= 0) ::close(fd_);
    }

    void ask(std::string_view data) {
        const auto* const to = reinterpret_cast<const sockaddr*>(&to_);
        if (::sendto(fd_, data.data(), data.size(), MSG_NOSIGNAL, to, sizeof to_) < 0)
            throw std::runtime_error("sendto: " + std::to_string(errno));
    }
    /// The next datagram; throws if none comes.
    std::string hear() {
        std::optional<std::string> heard = receive(0);
        if (!heard) throw std::runtime_error("the server says nothing");
        return std::move(*heard);
    }
    /// None if none has come.
    std::optional<std::string> hear_without_waiting() { return receive(MSG_DONTWAIT); }
    std::string ask_and_hear(std::string_view data) {
        ask(data);
        return hear();
    }

private:
    static sockaddr_in at(unsigned host, std::uint16_t port) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        name.sin_addr.s_addr = htonl(0x7f000000U | host);
        return name;
    }
    std::optional<std::string> receive(int flags) {
        char room[65'536];
        const ssize_t got = ::recv(fd_, room, sizeof room, flags);
        if (got < 0) return std::nullopt;
        return std::string(room, static_cast<std::size_t>(got));
    }

    int fd_;
    sockaddr_in to_;
};

}   // namespace hawser::test
