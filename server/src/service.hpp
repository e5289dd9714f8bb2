// service: what all sessions of a server share: what it is to do, and what it is given while it runs.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/memory_budget.hpp>
#include <hawser/io/task.hpp>
#include <hawser/server/byte_connection.hpp>
#include <hawser/server/connection.hpp>
#include <hawser/server/datagram.hpp>
#include <hawser/server/router.hpp>
#include <hawser/server/server_handle.hpp>

#include "effective_config.hpp"
#include "event_chain.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace hawser::inline v0::server {

class running;
class worker;

/// What a server is to do, from its making on. Each start takes a copy: what runs may outlive the server.
struct definition {
    using serve_function = std::function<io::task<void>(connection&)>;
    using serve_bytes_function = std::function<io::task<void>(byte_connection&)>;

    effective_config settings;
    // A coroutine for each connection, of frames or of bytes, a handler for each packet, or nothing: it has datagrams
    // alone.
    std::variant<serve_function, serve_bytes_function, std::shared_ptr<const router>, std::monostate> serves;
    std::optional<datagram_handler> datagrams = {};

    [[nodiscard]] bool serves_connections() const noexcept { return !std::holds_alternative<std::monostate>(serves); }
    /// Null if there is a coroutine for each connection.
    [[nodiscard]] const router* routes() const noexcept {
        const auto* const table = std::get_if<std::shared_ptr<const router>>(&serves);
        return table != nullptr ? table->get() : nullptr;
    }
    [[nodiscard]] const serve_function* serve() const noexcept { return std::get_if<serve_function>(&serves); }
    /// Null if connections have frames.
    [[nodiscard]] const serve_bytes_function* serve_bytes() const noexcept {
        return std::get_if<serve_bytes_function>(&serves);
    }

    /// Whether a peer is a stranger until it has said who it is.
    [[nodiscard]] bool asks_who() const noexcept { return routes() != nullptr && !routes()->entrance().empty(); }
    /// What is said beside the requests; null: nothing.
    [[nodiscard]] const packet::control* control() const noexcept {
        if (settings.control != nullptr || routes() == nullptr) return settings.control;
        return routes()->speaks().control();
    }

    /// A whole frame, counted in `where`, if there is one.
    [[nodiscard]] result<frame::shared_frame> frame_of(bytes body,
                                                       const std::shared_ptr<io::memory_budget>& where) const;
};

/// What a service is given by what runs.
struct surroundings {
    std::shared_ptr<io::memory_budget> pool;
    std::function<void()> relieve;                                     // the pool is nearly full
    running* whole = nullptr;                                          // what this is a part of
    std::function<void(worker&, const io::endpoint&)> session_ended;   // throws nothing
};

struct service : definition, surroundings {
    service(const definition& of, surroundings given)
        : definition(of), surroundings(std::move(given)), limits(settings.limits_of_all()), events(settings.events) {}

    std::shared_ptr<const io::frame_limits> limits;
    event_chain events;
    std::atomic<bool> is_over = false;   // nobody counts any more

    /// What whoever is called by it may ask of the whole. In server_handle.cpp.
    [[nodiscard]] server_handle handle() const noexcept;

    /// The same, and if memory is short then, all threads take some back.
    [[nodiscard]] result<frame::shared_frame> frame_of(bytes body,
                                                       const std::shared_ptr<io::memory_budget>& where) const;
    /// The same for many: `not_enough_memory` if that is full.
    [[nodiscard]] result<frame::shared_frame> frame_for_many(bytes body,
                                                             const std::shared_ptr<io::memory_budget>& where) const;
};

}   // namespace hawser::server
