// entrance: where a server lets connections in: a loop for each of its listeners, from the start until they are closed.
//
//   const bindings all = listen_on_all(definition, added, crew);
//   entrance way_in(all.streams, crew, limits, events, open);
//   way_in.open_soon(owner);             // any thread; the rest on the front's
//   way_in.close(in_peace);
//   co_await way_in.join();              // all loops have ended
//
// A listener whose loop there is no memory for waits a little: its peers are in the system's queue. (Begun on another
// thread a loop would take more memory, and without that Asio ends the process.)
#pragma once

#include "../datagrams/datagram_ports.hpp"
#include "../effective_config.hpp"
#include "acceptor.hpp"

#include <hawser/io/deadline.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/server/server.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hawser::inline v0::server {

using listeners = std::vector<std::unique_ptr<io::listener>>;

/// All that a server listens on.
struct bindings {
    listeners streams;            // on the front
    datagram_sockets datagrams;   // each on its home_of_port()
    // Of both, in the order of the config, those that were added behind it.
    std::vector<std::string> addresses;
    std::vector<std::uint16_t> ports;
    std::uint16_t datagram_port = 0;   // the first
};

/// What the config names, then what was added; at least one. Throws start_failure, and what a user's function does.
[[nodiscard]] bindings listen_on_all(const definition& of, const std::vector<server::make_listener>& added,
                                     const crew& on);

class entrance {
public:
    /// The listeners, the crew and the events outlive this.
    entrance(const listeners& from, const crew& to, const admission_limits& limits, const event_chain& events,
             acceptor::open_function open);

    /// `owner` keeps this until it is closed. Throws nothing.
    void open_soon(std::shared_ptr<const void> owner) noexcept;
    /// In peace those who wait are let in before: the system has told them that they are connected, and
    /// they may have sent a request.
    void close(bool in_peace) noexcept;
    [[nodiscard]] io::task<void> join() { return door_.join(); }

    /// A connection that was let in has ended.
    void ended(const io::endpoint& peer) { door_.ended(peer); }
    [[nodiscard]] std::uint64_t accepted() const noexcept { return door_.accepted(); }
    [[nodiscard]] const refusals& refused() const noexcept { return door_.refused(); }

private:
    void open() noexcept;

    const listeners& listeners_;
    io::executor front_;
    acceptor door_;
    std::weak_ptr<const void> owner_;
    io::operation_memory opening_;
    io::deadline open_later_;
    std::size_t opened_ = 0;   // listeners that have their loop, or need none any more
};

}   // namespace hawser::server
