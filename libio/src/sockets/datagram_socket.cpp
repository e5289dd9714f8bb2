#include <hawser/io/datagram_socket.hpp>

#include <hawser/io/operation_memory.hpp>
#include <hawser/io/transport.hpp>
#include <hawser/io/watchdog.hpp>

#include "hosts.hpp"
#include "open_socket.hpp"
#include "own_end.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <linux/filter.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

namespace hawser::inline v0::io {

namespace {

using asio::ip::udp;

// An IPv6 socket reaches an IPv4 peer by the mapped form of its address.
udp::endpoint name_of(const endpoint& peer, bool on_ipv6) {
    if (peer.what == endpoint::kind::ipv6) return {asio::ip::address_v6(peer.host, peer.scope), peer.port};
    const asio::ip::address_v4 ipv4({peer.host[0], peer.host[1], peer.host[2], peer.host[3]});
    if (on_ipv6) return {asio::ip::make_address_v6(asio::ip::v4_mapped, ipv4), peer.port};
    return {ipv4, peer.port};
}

error_code last_error() {
    const error_code error(errno, boost::system::system_category());
    return error == boost::system::errc::operation_would_block ? error_code(asio::error::would_block) : error;
}

bool is_ipv6(const datagram_socket::carrier& socket) {
    error_code ignored;
    return socket.local_endpoint(ignored).address().is_v6();
}

}   // namespace

datagram_socket::datagram_socket(carrier bound)
    : socket_(std::move(bound)),
      read_deadline_(watchdog::of(socket_.get_executor()), calling<&datagram_socket::wake>(*this)),
      write_deadline_(watchdog::of(socket_.get_executor()), calling<&datagram_socket::wake>(*this)),
      is_ipv6_(is_ipv6(socket_)) {
    keep_from_children(socket_.native_handle());
}

void datagram_socket::wake() noexcept {
    error_code ignored;
    socket_.cancel(ignored);   // whoever waits looks again
}

endpoint datagram_socket::local() const noexcept {
    error_code error;
    const udp::endpoint name = socket_.local_endpoint(error);
    return error ? endpoint() : endpoint_of(name);
}

endpoint datagram_socket::remote() const noexcept {
    error_code error;
    const udp::endpoint name = socket_.remote_endpoint(error);
    return error ? endpoint() : endpoint_of(name);
}

void datagram_socket::close_queue() noexcept {
    if (closed_) return;
    sock_filter drop{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
    const sock_fprog all{.len = 1, .filter = &drop};
    static_cast<void>(::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof all));
}

void datagram_socket::close() noexcept {
    if (std::exchange(closed_, true)) return;
    read_deadline_.clear();
    write_deadline_.clear();
    error_code ignored;
    socket_.close(ignored);
}

result<datagram_socket::received> datagram_socket::try_receive(mutable_bytes into) noexcept {
    udp::endpoint from;
    auto size = static_cast<socklen_t>(from.capacity());
    // With MSG_TRUNC the answer is the length of the datagram, whatever fits.
    ssize_t length = 0;
    do
        length = ::recvfrom(socket_.native_handle(), into.data(), into.size(), MSG_TRUNC | MSG_DONTWAIT, from.data(),
                            &size);
    while (length < 0 && errno == EINTR);
    if (length < 0) return last_error();
    from.resize(size);
    const auto whole = static_cast<std::size_t>(length);
    return received{std::min(whole, into.size()), endpoint_of(from), whole > into.size()};
}

error_code datagram_socket::try_send(bytes datagram, const udp::endpoint* to) noexcept {
    const sockaddr* name = to != nullptr ? to->data() : nullptr;
    const auto size = static_cast<socklen_t>(to != nullptr ? to->size() : 0);
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    ssize_t sent = 0;
    do sent = ::sendto(socket_.native_handle(), datagram.data(), datagram.size(), flags, name, size);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? last_error() : error_code();
}

result<datagram_socket::received> datagram_socket::receive_waiting(mutable_bytes into) noexcept {
    if (closed_) return errc::closed;
    return try_receive(into);
}

error_code datagram_socket::try_send_to(bytes datagram, const endpoint& to) noexcept {
    if (closed_) return errc::closed;
    const udp::endpoint name = name_of(to, is_ipv6_);
    return try_send(datagram, &name);
}

error_code datagram_socket::reason_to_fail(direction which) const noexcept {
    if (closed_) return errc::closed;
    if (which == direction::receiving && receiving_) return errc::concurrent_read;
    if (which == direction::receiving && read_deadline_.passed()) return errc::read_timeout;
    if (which == direction::sending && write_deadline_.passed()) return errc::write_timeout;
    return {};
}

// At the end of a turn it only leaves the others theirs: there may be more already.
task<error_code> datagram_socket::wait(direction which) {
    const bool receiving = which == direction::receiving;
    const bool is_end_of_turn = std::exchange(receiving ? received_in_turn_ : sent_in_turn_, 0U) >= turn;
    receiving_ = receiving_ || receiving;
    error_code failed;
    const auto what = receiving ? carrier::wait_read : carrier::wait_write;
    operation_memory memory;
    try {
        if (is_end_of_turn) co_await asio::post(get_executor(), memory.keep(use_task));
        else co_await socket_.async_wait(what, memory.keep(asio::redirect_error(use_task, failed)));
    } catch (const std::bad_alloc&) {
        failed = asio::error::no_memory;
    }
    if (receiving) receiving_ = false;
    // Cancelled means woken, to look again.
    co_return failed == asio::error::operation_aborted ? error_code() : failed;
}

task<result<datagram_socket::received>> datagram_socket::receive_from(mutable_bytes into) {
    for (;;) {
        if (const error_code error = reason_to_fail(direction::receiving)) co_return error;
        if (received_in_turn_ < turn) {
            ++received_in_turn_;
            const result<received> got = try_receive(into);
            if (got || got.error() != asio::error::would_block) co_return got;
        }
        if (const error_code error = co_await wait(direction::receiving)) co_return error;
    }
}

task<error_code> datagram_socket::send_to(bytes datagram, endpoint to) { return send_when_possible(datagram, to); }

task<error_code> datagram_socket::send(bytes datagram) { return send_when_possible(datagram, {}); }

task<error_code> datagram_socket::send_when_possible(bytes datagram, endpoint to) {
    const udp::endpoint name = name_of(to, is_ipv6_);
    for (;;) {
        if (const error_code error = reason_to_fail(direction::sending)) co_return error;
        if (sent_in_turn_ < turn) {
            ++sent_in_turn_;
            const error_code error = try_send(datagram, to.what == endpoint::kind::none ? nullptr : &name);
            if (error != asio::error::would_block) co_return error;
        }
        if (const error_code failed = co_await wait(direction::sending)) co_return failed;
    }
}

namespace {

using made = result<std::unique_ptr<datagram_socket>>;

made bind_to(const executor& on, const address& where, const asio::ip::address& host, const socket_options& options) {
    datagram_socket::carrier socket(on);
    const udp::endpoint name(host, where.port);
    error_code error = open_socket(socket, name.protocol());
    if (!error && host.is_v6()) socket.set_option(asio::ip::v6_only(where.family == address::ip_family::ipv6), error);
    if (!error) error = apply(options, socket.native_handle());
    if (!error) socket.bind(name, error);
    if (error) return error;
    return std::make_unique<datagram_socket>(std::move(socket));
}

// No packet is sent for this: the system only notes who the peer is.
made connect_to(const executor& on, const udp::endpoint& peer, const socket_options& options) {
    for (int with_itself = 0; with_itself < most_with_itself; ++with_itself) {
        datagram_socket::carrier socket(on);
        error_code error = open_socket(socket, peer.protocol());
        if (!error) error = apply(options, socket.native_handle());
        if (!error) error = come_from<udp>(options.source, socket);
        if (!error) socket.connect(peer, error);
        if (error) return error;
        if (!is_connected_with_itself(socket)) return std::make_unique<datagram_socket>(std::move(socket));
    }
    return error_code(asio::error::connection_refused);
}

}   // namespace

made listen_datagrams(const executor& on, const address& where, const socket_options& options) {
    if (where.what != address::kind::udp) return errc::wrong_network;
    const result<hosts> found = hosts_to_listen(on, where);
    if (!found) return found.error();
    return first_that_binds(where, *found,
                            [&](const asio::ip::address& host) { return bind_to(on, where, host, options); });
}

task<made> dial_datagrams(address where, duration timeout, socket_options options) {
    if (where.what != address::kind::udp) co_return errc::wrong_network;
    const executor here = co_await this_executor;
    const std::stop_token never;
    const result<hosts> found = co_await hosts_to_connect(where, after(clock::now(), timeout), never);
    if (!found) co_return found.error();
    error_code first_error;
    for (const asio::ip::address& host : *found) {
        made connected = connect_to(here, udp::endpoint(host, where.port), options);
        if (connected) co_return connected;
        if (!first_error) first_error = connected.error();
    }
    co_return first_error;
}

}   // namespace hawser::io
