// raw_peer: the other side of a server under test, as a plain blocking socket that says exactly the bytes it is told.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/frame/any_codec.hpp>
#include <hawser/packet/packets.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::test {

/// The whole frame of a packet, as text.
template <packet::packet Packet>
std::string wire(const Packet& made) {
    byte_buffer body;
    byte_buffer out;
    if (const error_code error = packet::encode(made, body)) throw boost::system::system_error(error);
    if (const error_code error = frame::any_codec().encode(body.view(), out)) throw boost::system::system_error(error);
    return std::string(as_text(out.view()));
}

inline packet::id id_of(std::uint32_t number) { return packet::serial::from_number(number); }

inline std::string submit_frame(std::uint32_t number, std::string_view payload = "abc") {
    return wire(packet::submit{id_of(number), as_bytes(payload)});
}
inline std::string ack_frame(std::uint32_t number) {
    return wire(packet::submit_ack{id_of(number), packet::outcome::ok});
}

class raw_peer {
public:
    explicit raw_peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
            throw boost::system::system_error(errno, boost::system::system_category(), "connect");
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const timeval patience{.tv_sec = 20, .tv_usec = 0};   // a test that waits longer has failed
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    raw_peer(raw_peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    raw_peer(const raw_peer&) = delete;
    ~raw_peer() {
        if (fd_ >= 0) ::close(fd_);
    }

    /// All of it; false if the server has closed.
    bool say(std::string_view data) {
        while (!data.empty()) {
            const ssize_t count = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            data.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    /// As much of it as the kernel takes now.
    void say_without_waiting(std::string_view data) {
        static_cast<void>(::send(fd_, data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    }

    /// Up to this many bytes; fewer if the server ends before.
    std::string hear(std::size_t count) {
        std::string heard(count, '\0');
        std::size_t have = 0;
        while (have < count) {
            const ssize_t got = ::recv(fd_, heard.data() + have, count - have, 0);
            if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
                throw std::runtime_error("the server says nothing");
            if (got <= 0) break;
            have += static_cast<std::size_t>(got);
        }
        heard.resize(have);
        return heard;
    }

    /// Everything until the server ends (by FIN or reset).
    std::string hear_all() {
        std::string heard;
        for (std::string part = hear(65'536);; part = hear(65'536)) {
            heard += part;
            if (part.size() < 65'536) return heard;
        }
    }

    /// Adds what has come; whether the server has ended.
    bool hear_without_waiting(std::string& heard) {
        char room[4096];
        const ssize_t got = ::recv(fd_, room, sizeof room, MSG_DONTWAIT);
        if (got > 0) heard.append(room, static_cast<std::size_t>(got));
        return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    }

    void close_write() { ::shutdown(fd_, SHUT_WR); }

    /// Ends with a reset instead of a FIN.
    void reset() {
        const linger now{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        ::close(std::exchange(fd_, -1));
    }

    /// A small receive buffer, so that the server's side fills up soon. Best before anything was received.
    void receive_little(int size = 4096) { ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size); }

private:
    int fd_;
};

}   // namespace hawser::test
