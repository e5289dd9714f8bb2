// listener: where connections come from. One of sockets, one of memory; a server takes either.
//
//   auto listener = io::listen(executor, *io::address::parse(":8888"));
//   auto made = co_await (*listener)->accept(executor_of_the_connection);   // made->carrier, made->peer
#pragma once

#include <hawser/io/address.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/memory.hpp>
#include <hawser/io/socket_options.hpp>
#include <hawser/io/transport.hpp>

#include <memory>
#include <optional>
#include <string>

namespace hawser::inline v0::io {

/// A new connection. `peer` is who it is from as accepting it told: asked later, a connection that was reset has none.
struct accepted {
    transport carrier;
    endpoint peer;
};

class listener {
public:
    virtual ~listener() = default;

    // All of it on the listener's thread.

    /// The next connection, living on `where`. After close(): `closed`. One call at a time.
    [[nodiscard]] virtual task<result<accepted>> accept(executor where) = 0;
    /// One that waits already, also while somebody is in accept(); `would_block` if nobody does. So many that come
    /// together are accepted in one turn of the thread. A listener that cannot tell leaves it at that: its
    /// connections come one a turn.
    [[nodiscard]] virtual result<accepted> accept_waiting(executor where);
    /// Before close(), by somebody who will still accept those who wait: as far as the system can do
    /// it nobody else begins to.
    virtual void close_queue() noexcept {}
    /// Stops at once. Idempotent.
    virtual void close() noexcept = 0;
    /// What it listens on, with the port that the system gave: "*:8888", "127.0.0.1:40001", "unix:/run/x";
    /// "0.0.0.0:8888" where an empty host has no IPv6.
    [[nodiscard]] virtual std::string text() const = 0;
    /// 0 if it has none.
    [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
    /// What it is bound to, as the system says; `none` if it does not say.
    [[nodiscard]] virtual endpoint local_endpoint() const noexcept { return {}; }
};

/// Listens at `where` with sockets, on the io_context of `on`. An empty host means all addresses of both families, IPv4
/// alone where there is no IPv6; tcp4 and tcp6 mean one of them. A name that stands for several addresses is listened
/// on at the first that works, IPv4 before IPv6, as in Go; asking the system for them blocks. A Unix path that nobody
/// answers on is replaced and later unlinked; a live one or one that is no socket is `address_in_use`, also for the
/// later of two that start at once: the path's folder is locked meanwhile (flock), and while it is unlinked. Another
/// one waits a second for that, and fails with `path_locked`; at the end it waits a tenth of that, and leaves a dead
/// path there. `wrong_network` for udp.
[[nodiscard]] result<std::unique_ptr<listener>> listen(const executor& on, const address& where,
                                                       const socket_options& options = {});

/// Which process listens at a Unix path, for who finds it in use; it sees a connection that ends at once. None if
/// nobody does, if it cannot be told, or for another address.
[[nodiscard]] std::optional<int> listening_process(const address& where);

/// Connections without sockets: whoever calls connect() is accepted here. Thread-safe connect(), the rest as listener.
class memory_listener final : public listener {
public:
    explicit memory_listener(const executor& on);
    ~memory_listener() override;

    /// The client's end, living on `where`, to be accepted as `theirs` on the other side; `closed` after close().
    [[nodiscard]] result<transport> connect(executor where, memory_options ours = {}, memory_options theirs = {});

    [[nodiscard]] task<result<accepted>> accept(executor where) override;
    [[nodiscard]] result<accepted> accept_waiting(executor where) override;
    void close_queue() noexcept override;
    void close() noexcept override;
    [[nodiscard]] std::string text() const override { return "memory"; }
    [[nodiscard]] std::uint16_t port() const noexcept override { return 0; }
    [[nodiscard]] endpoint local_endpoint() const noexcept override { return {.what = endpoint::kind::memory}; }

private:
    struct state;
    std::shared_ptr<state> state_;
};

}   // namespace hawser::io
