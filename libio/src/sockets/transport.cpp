#include <hawser/io/transport.hpp>

#include <hawser/io/operation_memory.hpp>
#include <hawser/io/use_task.hpp>

#include "open_socket.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/socket_base.hpp>

#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

namespace hawser::inline v0::io {

endpoint endpoint_of(const asio::generic::stream_protocol::endpoint& raw) noexcept {
    endpoint end;
    const sockaddr* name = raw.data();
    if (name->sa_family == AF_INET) {
        sockaddr_in ipv4{};
        std::memcpy(&ipv4, name, sizeof ipv4);
        end.what = endpoint::kind::ipv4;
        end.port = ntohs(ipv4.sin_port);
        std::memcpy(end.host.data(), &ipv4.sin_addr, 4);
    } else if (name->sa_family == AF_INET6) {
        sockaddr_in6 ipv6{};
        std::memcpy(&ipv6, name, sizeof ipv6);
        end.port = ntohs(ipv6.sin6_port);
        const std::span<const unsigned char, 16> host(ipv6.sin6_addr.s6_addr);
        if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) {
            end.what = endpoint::kind::ipv4;
            std::ranges::copy(host.last<4>(), end.host.begin());
        } else {
            end.what = endpoint::kind::ipv6;
            end.scope = ipv6.sin6_scope_id;
            std::ranges::copy(host, end.host.begin());
        }
    } else if (name->sa_family == AF_UNIX) {
        end.what = endpoint::kind::unix_path;
    }
    return end;
}

std::string endpoint::text() const {
    switch (what) {
        case kind::none: return "?";
        case kind::memory: return "memory";
        case kind::unix_path: return "unix";
        case kind::ipv4: {
            const asio::ip::address_v4 address({host[0], host[1], host[2], host[3]});
            return address.to_string() + ":" + std::to_string(port);
        }
        case kind::ipv6: {
            const asio::ip::address_v6 address(host, scope);
            std::string text = "[";   // one expression is -Wrestrict for g++ 12 at -O3
            return text.append(address.to_string()).append("]:").append(std::to_string(port));
        }
    }
    return "?";
}

namespace {

// By the system itself: Asio's way to the same call costs twice as many instructions, for each request. An interruption
// is no end of a connection, and none is nothing only where `may_be_none` says so.
template <class Call>
result<std::size_t> of_kernel(const Call& call, bool may_be_none) {
    for (;;) {
        const ssize_t count = call();
        if (count > 0 || (count == 0 && may_be_none)) return static_cast<std::size_t>(count);
        if (count == 0) return errc::end_of_stream;
        if (errno != EINTR) return error_code(errno, asio::error::get_system_category());
    }
}

task<error_code> until_ready(socket& of, socket::wait_type what) {
    error_code failed;
    operation_memory memory;
    co_await of.async_wait(what, memory.keep(asio::redirect_error(use_task, failed)));
    co_return failed;
}

}   // namespace

transport::transport(socket connected) noexcept : on_(std::move(connected)) {
    socket& here = *std::get_if<socket>(&on_);
    error_code ignored;   // a socket that cannot do this is dead, and the first read will say so
    here.non_blocking(true, ignored);
    keep_from_children(here.native_handle());
}

executor transport::get_executor() noexcept {
    auto* connected = std::get_if<socket>(&on_);
    return connected == nullptr ? other().get_executor() : connected->get_executor();
}

result<std::size_t> transport::try_read(mutable_bytes into) {
    auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().try_read(into);
    return of_kernel([&] { return ::recv(connected->native_handle(), into.data(), into.size(), MSG_DONTWAIT); },
                     into.empty());
}

result<std::size_t> transport::try_write(bytes data) {
    auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().try_write(data);
    return of_kernel(
        [&] { return ::send(connected->native_handle(), data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL); },
        true);
}

task<error_code> transport::wait_readable() {
    auto* connected = std::get_if<socket>(&on_);
    return connected == nullptr ? other().wait_readable() : until_ready(*connected, socket::wait_read);
}

task<error_code> transport::wait_writable() {
    auto* connected = std::get_if<socket>(&on_);
    return connected == nullptr ? other().wait_writable() : until_ready(*connected, socket::wait_write);
}

socket* transport::waits_on() noexcept {
    auto* connected = std::get_if<socket>(&on_);
    return connected == nullptr ? other().waits_on() : connected;
}

void transport::wake() noexcept {
    auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().wake();
    error_code ignored;
    connected->cancel(ignored);
}

std::size_t transport::available() const noexcept {
    const auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().available();
    error_code ignored;   // then it is 0
    return connected->available(ignored);
}

std::size_t transport::unsent() noexcept {
    if (!std::holds_alternative<socket>(on_)) return other().unsent();
    int count = 0;
    return ::ioctl(descriptor(), SIOCOUTQ, &count) == 0 && count > 0 ? static_cast<std::size_t>(count) : 0;
}

// What the peer has closed already cannot be closed once more, and that is no error.

bool transport::close_write() noexcept {
    auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().close_write();
    error_code error;
    connected->shutdown(socket::shutdown_send, error);
    return !error;
}

void transport::close_read() noexcept {
    auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().close_read();
    error_code ignored;
    connected->shutdown(socket::shutdown_receive, ignored);
}

void transport::close() noexcept {
    auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) {
        other().close();
        return other().wake();   // who waits for a socket is woken by its end
    }
    error_code ignored;
    connected->close(ignored);
}

void transport::reset() noexcept {
    auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().reset();
    error_code ignored;
    connected->set_option(asio::socket_base::linger(true, 0), ignored);
    connected->close(ignored);
}

int transport::descriptor() noexcept {
    auto* connected = std::get_if<socket>(&on_);
    return connected == nullptr ? other().descriptor() : connected->native_handle();
}

endpoint transport::local() const noexcept {
    const auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().local();
    error_code ignored;
    const auto raw = connected->local_endpoint(ignored);
    return ignored ? endpoint() : endpoint_of(raw);
}

endpoint transport::remote() const noexcept {
    const auto* connected = std::get_if<socket>(&on_);
    if (connected == nullptr) return other().remote();
    error_code ignored;
    const auto raw = connected->remote_endpoint(ignored);
    return ignored ? endpoint() : endpoint_of(raw);
}

}   // namespace hawser::io
