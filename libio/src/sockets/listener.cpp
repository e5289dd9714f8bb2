#include <hawser/io/listener.hpp>

#include <hawser/io/event.hpp>
#include <hawser/io/operation_memory.hpp>

#include "hosts.hpp"
#include "open_socket.hpp"
#include "socket_path.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <deque>
#include <mutex>
#include <utility>

namespace hawser::inline v0::io {

namespace {

using asio::ip::tcp;
using acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, executor>;
using generic_endpoint = asio::generic::stream_protocol::endpoint;

class socket_listener final : public listener {
public:
    socket_listener(acceptor sockets, address where, const generic_endpoint& local, const socket_file& made)
        : sockets_(std::move(sockets)),
          where_(std::move(where)),
          protocol_(local.protocol()),
          local_(endpoint_of(local)),
          made_(made) {
        where_.port = local_.port;
        const bool may_be_ipv6 = where_.what == address::kind::tcp && where_.host.empty() &&
                                 where_.family == address::ip_family::any;
        // There is none: who reads it should know.
        if (may_be_ipv6 && protocol_.family() == AF_INET) where_.host = "0.0.0.0";
    }
    socket_listener(const socket_listener&) = delete;
    socket_listener& operator=(const socket_listener&) = delete;
    ~socket_listener() override { close(); }

    // Asio alone would accept one in a turn of its queue, which on a busy thread is a tenth of a second.
    task<result<accepted>> accept(executor where) override {
        // An async_accept() that has none, for itself or the new socket, destroys who awaits it.
        operation_memory memory;
        for (;;) {
            result<accepted> made = accept_waiting(where);
            if (made || made.error() != asio::error::would_block) co_return made;
            error_code error;
            co_await sockets_.async_wait(acceptor::wait_read, memory.keep(asio::redirect_error(use_task, error)));
            if (!sockets_.is_open()) co_return errc::closed;
            if (error) co_return error;
        }
    }

    result<accepted> accept_waiting(executor where) override {
        if (!sockets_.is_open()) return errc::closed;
        generic_endpoint peer;
        auto size = static_cast<socklen_t>(peer.capacity());
        int number = -1;
        do number = ::accept4(sockets_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        while (number < 0 && errno == EINTR);
        owned_descriptor made(number);
        if (!made.is_open()) return error_code(errno, asio::error::get_system_category());
        peer.resize(size);
        socket connected(where);
        error_code error;
        connected.assign(protocol_, number, error);
        if (error) return error;
        static_cast<void>(made.release());
        return accepted{std::move(connected), endpoint_of(peer)};
    }

    // Whoever has not finished its handshake is not taken any more; a system that lets one more in does little harm.
    void close_queue() noexcept override {
        if (sockets_.is_open()) ::listen(sockets_.native_handle(), 0);
    }

    void close() noexcept override {
        if (!sockets_.is_open()) return;
        if (where_.what == address::kind::unix_path) give_path_back();
        error_code ignored;
        sockets_.close(ignored);
    }

    std::string text() const override { return where_.text(); }
    std::uint16_t port() const noexcept override { return where_.port; }
    endpoint local_endpoint() const noexcept override { return local_; }

private:
    // Before the socket is closed. While somebody else has the lock it stays there, dead: the next start replaces it.
    void give_path_back() const noexcept {
        const socket_path_lock alone(where_.path, socket_path_lock::patience_at_the_end);
        if (!alone.failure()) made_.remove(where_.path.c_str());
    }

    acceptor sockets_;
    address where_;
    asio::generic::stream_protocol protocol_;
    endpoint local_;
    socket_file made_;
};

// What was bound and is to be a listener: if nothing comes of it, nothing is left of it. With the lock
// on its path, if it has one.
struct unfinished {
    explicit unfinished(const executor& on) : sockets(on) {}
    unfinished(const unfinished&) = delete;
    unfinished& operator=(const unfinished&) = delete;
    ~unfinished() {
        if (has_path && sockets.is_open()) made.remove(path.c_str());
    }

    acceptor sockets;
    bool has_path = false;
    bounded_text<address::max_path> path = {};
    socket_file made;
};

// A file has its mode before anybody can connect: the system takes the umask off what the socket has when it is bound.
error_code bind_at_path(unfinished& of, const generic_endpoint& end, const address& where, mode_t mode) {
    error_code error;
    if (::fchmod(of.sockets.native_handle(), mode) != 0) return {errno, asio::error::get_system_category()};
    of.sockets.bind(end, error);
    if (error) return error;
    of.path = where.path;
    of.made = socket_file(of.path.c_str());
    of.has_path = true;
    if (::chmod(of.path.c_str(), mode) != 0) error.assign(errno, asio::error::get_system_category());
    return error;
}

error_code open_at(unfinished& of, const generic_endpoint& end, const address& where, const socket_options& options) {
    acceptor& sockets = of.sockets;
    error_code error = open_socket(sockets, end.protocol());
    if (!error && where.what == address::kind::tcp) sockets.set_option(acceptor::reuse_address(true), error);
    if (!error && end.protocol().family() == AF_INET6)
        sockets.set_option(asio::ip::v6_only(where.family == address::ip_family::ipv6), error);
    if (!error) error = apply(options, sockets.native_handle());
    if (!error && where.what == address::kind::unix_path) error = bind_at_path(of, end, where, options.unix_mode);
    else if (!error) sockets.bind(end, error);
    if (!error) sockets.listen(options.backlog, error);
    return error;
}

// Opens, binds and listens; the port is filled in where the system picks it.
result<std::unique_ptr<listener>> listen_at(const executor& on, const generic_endpoint& end, address where,
                                            const socket_options& options) {
    unfinished of(on);
    error_code error = open_at(of, end, where, options);
    if (error) return error;
    const generic_endpoint bound = of.sockets.local_endpoint(error);
    if (error) return error;
    return std::make_unique<socket_listener>(std::move(of.sockets), std::move(where), bound, of.made);
}

}   // namespace

result<accepted> listener::accept_waiting(executor /* where */) { return error_code(asio::error::would_block); }

result<std::unique_ptr<listener>> listen(const executor& on, const address& where, const socket_options& options) {
    if (where.what == address::kind::udp) return errc::wrong_network;
    if (where.what == address::kind::unix_path) {
        const socket_path_lock alone(where.path, socket_path_lock::patience);
        if (const error_code taken = alone.failure()) return taken;
        if (const error_code taken = clear_socket_path(where.path.c_str())) return taken;
        return listen_at(on, asio::local::stream_protocol::endpoint(where.path.c_str()), where, options);
    }
    const result<hosts> found = hosts_to_listen(on, where);
    if (!found) return found.error();
    return first_that_binds(where, *found, [&](const asio::ip::address& host) {
        return listen_at(on, tcp::endpoint(host, where.port), where, options);
    });
}

struct memory_listener::state {
    explicit state(const executor& on) : arrived(on) {}
    std::mutex mutex;
    std::deque<memory_end> waiting;
    bool queue_closed = false;
    bool closed = false;
    event arrived;
};

memory_listener::memory_listener(const executor& on) : state_(std::make_shared<state>(on)) {}

memory_listener::~memory_listener() { close(); }

result<transport> memory_listener::connect(executor where, memory_options ours, memory_options theirs) {
    auto [here, there] = memory_pair(where, where, ours, theirs);
    {
        const std::scoped_lock lock(state_->mutex);
        if (state_->queue_closed) return errc::closed;
        state_->waiting.push_back(std::move(there));
    }
    asio::post(state_->arrived.get_executor(), [state = state_] { state->arrived.notify(); });
    return transport(std::move(here));
}

result<accepted> memory_listener::accept_waiting(executor where) {
    const std::scoped_lock lock(state_->mutex);
    if (state_->closed) return errc::closed;
    if (state_->waiting.empty()) return error_code(asio::error::would_block);
    memory_end made = std::move(state_->waiting.front());
    state_->waiting.pop_front();
    made.move_to(where);
    return accepted{std::move(made), {.what = endpoint::kind::memory}};
}

task<result<accepted>> memory_listener::accept(executor where) {
    for (;;) {
        result<accepted> made = accept_waiting(where);
        if (made || made.error() != asio::error::would_block) co_return made;
        co_await state_->arrived.wait();
    }
}

void memory_listener::close_queue() noexcept {
    const std::scoped_lock lock(state_->mutex);
    state_->queue_closed = true;
}

void memory_listener::close() noexcept {
    const std::scoped_lock lock(state_->mutex);
    state_->queue_closed = true;
    if (std::exchange(state_->closed, true)) return;
    state_->waiting.clear();
    state_->arrived.notify();
}

}   // namespace hawser::io
