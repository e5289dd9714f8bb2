// router: a server written as one handler a packet.
//
//   server::router router;
//   router.on<packet::submit>(on_submit);                              // a plain function: answers at once
//   router.on<lookup>(on_lookup, server::concurrent(8));               // a coroutine, up to 8 a connection at a time
//   router.on_conn([](server::context&, const packet::conn&) { return packet::outcome::ok; });
//
// A handler is called with (context&, const Packet&) and returns one of these, or an io::task of it:
//
//   - its answer, a packet that owns all that is in it
//   - server::answered: what here.answer(packet) said. So are packets with views sent: what they look at
//     may end with the handler.
//   - nothing, whether it has called here.answer() or has no answer
//   - server::breach: the packet is against the protocol, and the connection ends at once
//   - a std::variant of packets, server::breach and std::monostate, which is no answer: one of these
//
// Plain handlers and coroutines are done in order of arrival, and a coroutine keeps later packets of its connection
// waiting; concurrent ones are answered as they get ready, matched by id. Views in the packet are valid until the
// handler ends. Handlers are shared by all threads of the server. What a handler throws ends its session, not the
// server; earlier answers still leave.
//
// A router speaks the default protocol, or one of your own: server::router router(weather{}). What belongs to
// the default protocol is answered without a handler: conn, which on_conn() may refuse, and ping. A packet
// without a handler and a body that is malformed are a breach, or what otherwise() makes of them.
#pragma once

#include <hawser/io/plain_function.hpp>
#include <hawser/packet/outline.hpp>
#include <hawser/packet/packets.hpp>
#include <hawser/server/context.hpp>
#include <hawser/server/events.hpp>
#include <hawser/server/route.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hawser::inline v0::server {

/// How many calls of one handler a connection may have under way.
struct concurrent {
    /// At least 1: throws std::invalid_argument for 0.
    explicit concurrent(std::uint32_t most) : calls(most) {
        if (most == 0) throw std::invalid_argument("concurrent(0) would never call the handler");
    }
    std::uint32_t calls;
};

/// What is called beside the handlers; what is empty is not.
struct hooks {
    io::plain_function<void(context&)> open;
    std::function<packet::outcome(context&, const packet::conn&)> conn;
    io::plain_function<void(context&, const ending&)> close;
};

class router {
public:
    /// Speaks this protocol: router(weather{}). It knows conn, ping and pong if the protocol has all of them, their
    /// answers and go_away.
    explicit router(const packet::outline& speaks = packet::default_protocol());

    /// Handles `Packet` from now on, instead of whatever did before. It need not be of the router's protocol, but its
    /// command must be at the same place, as the same number: throws std::invalid_argument.
    template <class Packet, class Handler>
    router& on(Handler handler) {
        static_assert(packet::described<Packet>,
                      "a packet is a described struct: write BOOST_DESCRIBE_STRUCT(NAME, (), (its fields)) behind it");
        static_assert(
            packet::packet<Packet>,
            "a packet has a command: write 'static constexpr packet::command<std::uint8_t> code{0x20};' in it");
        static_assert(handler_kind<Packet, Handler>::is_callable,
                      "a handler is called with its session and its packet: (server::context&, const PACKET&)");
        return add(packet::command_place::of(Packet::code), Packet::code.value, route::to<Packet>(std::move(handler)));
    }
    /// The same for a coroutine, with up to `most.calls` under way on each connection.
    template <class Packet, class Handler>
    router& on(Handler handler, concurrent most) {
        static_assert(handler_kind<Packet, Handler>::is_coroutine, "only a coroutine can be under way several times");
        on<Packet>(std::move(handler));
        return allow(Packet::code.value, most.calls);
    }

    /// Handles, in order of arrival, what no handler takes: packets without one, unknown commands, malformed bodies. It
    /// is called as `(context&, const unhandled&)`, and may return what any handler may: an answer, nothing, or
    /// server::breach, which is what becomes of them without it. A frame that cannot be cut is always a breach.
    template <class Handler>
    router& otherwise(Handler handler) {
        static_assert(handler_kind<unhandled, Handler>::is_callable,
                      "what handles the rest is called with its session and what that is: (server::context&, const "
                      "server::unhandled&)");
        otherwise_ = route::to<unhandled>(std::move(handler));
        return *this;
    }

    /// Called when a connection opens, before its first packet.
    router& on_open(io::plain_function<void(context&)> hook) {
        hooks_.open = std::move(hook);
        return *this;
    }
    /// Decides on each conn: outcome::ok accepts; anything else is the answer, and the connection ends.
    router& on_conn(std::function<packet::outcome(context&, const packet::conn&)> hook) {
        hooks_.conn = std::move(hook);
        return *this;
    }
    /// Called once when a connection has ended. Nothing can be sent any more.
    router& on_close(io::plain_function<void(context&, const ending&)> hook) {
        hooks_.close = std::move(hook);
        return *this;
    }

    /// How this command is handled; null if it is not. Valid as long as the router, once nothing is added any more.
    [[nodiscard]] const route* find(std::uint64_t command) const noexcept {
        const route& how = at(command);
        return how ? &how : nullptr;
    }
    /// How a packet is handled: one that is none if it is not.
    [[nodiscard]] const route& route_of(bytes body) const noexcept {
        if (byte_at_ < body.size()) return routes_[direct_[std::to_integer<std::size_t>(body[byte_at_])]];
        return speaks_.place().is_in(body) ? at(speaks_.place().read(body)) : routes_.front();
    }
    /// Why no handler takes this body: see unhandled.
    [[nodiscard]] unhandled why_unhandled(bytes body) const;
    /// What handles the rest; one that is none if nothing does.
    [[nodiscard]] const route& rest() const noexcept { return otherwise_; }
    [[nodiscard]] const packet::outline& speaks() const noexcept { return speaks_; }   ///< its protocol
    /// What on_open(), on_conn() and on_close() were given.
    [[nodiscard]] const hooks& called() const noexcept { return hooks_; }

private:
    router& add(const packet::command_place& place, std::uint64_t command, route how);
    router& allow(std::uint64_t command, std::uint32_t concurrent_calls);

    [[nodiscard]] const route& at(std::uint64_t command) const noexcept {
        if (command < direct_.size()) return routes_[direct_[command]];
        const auto found = wide_.find(command);
        return routes_[found == wide_.end() ? 0 : found->second];
    }

    packet::outline speaks_;
    std::size_t byte_at_;                                   // where commands are if they are a byte; else nowhere
    std::vector<route> routes_ = std::vector<route>(1);     // the first is none
    std::array<std::uint16_t, 256> direct_{};               // of the commands that are small: number of the route
    std::unordered_map<std::uint64_t, std::size_t> wide_;   // of the others
    route otherwise_;
    hooks hooks_;
};

}   // namespace hawser::server
