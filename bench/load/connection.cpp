#include "connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace bench {

namespace {

int dial(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "socket");
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        const int why = errno;
        ::close(fd);
        throw std::system_error(why, std::generic_category(), "connect to port " + std::to_string(port));
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

}   // namespace

connection::connection(std::uint16_t port, const work& submits, std::size_t first)
    : work_(&submits), first_(first % submits.ring()), fd_(dial(port)) {}

connection::connection(connection&& other) noexcept
    : work_(other.work_),
      first_(other.first_),
      sent_(other.sent_),
      received_(other.received_),
      fd_(std::exchange(other.fd_, -1)),
      wants_room_(other.wants_room_),
      lost_(other.lost_),
      wrong_(other.wrong_) {}

connection::~connection() {
    if (fd_ >= 0) ::close(fd_);
}

void connection::send_until(std::uint64_t frames) noexcept {
    const std::uint64_t until = frames * work_->frame_size();
    wants_room_ = false;
    while (!lost_ && sent_ < until) {
        const std::span<const char> next = work_->requests(first_ * work_->frame_size() + sent_);
        const std::size_t size = std::min<std::uint64_t>(next.size(), until - sent_);
        const ssize_t count = ::send(fd_, next.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN) lost_ = true;
        if (count > 0) sent_ += static_cast<std::uint64_t>(count);
        wants_room_ = !lost_ && static_cast<std::size_t>(std::max<ssize_t>(count, 0)) < size;
        if (wants_room_) return;
    }
}

std::uint64_t connection::receive(std::span<char> buffer) noexcept {
    if (lost_) return 0;
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) {
        lost_ = true;
        return 0;
    }
    const auto size = static_cast<std::size_t>(count);
    const bool unasked = received_ + size > sent_ / work_->frame_size() * work::ack_size;
    if (unasked || !work_->are_acks(first_ * work::ack_size + received_, buffer.first(size))) {
        lost_ = wrong_ = true;
        return 0;
    }
    const std::uint64_t before = acked();
    received_ += size;
    return acked() - before;
}

void connection::finish() noexcept {
    ::shutdown(fd_, SHUT_WR);
    std::array<char, 256> rest;
    pollfd wait{.fd = fd_, .events = POLLIN, .revents = 0};
    while (::poll(&wait, 1, 5000) == 1 && ::recv(fd_, rest.data(), rest.size(), 0) > 0) {}
}

}   // namespace bench
