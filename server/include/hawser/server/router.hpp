// router: a server written as one handler a packet.
//
//   server::router router;
//   router.on<packet::submit>(on_submit);                              // a plain function: answers at once
//   router.on<lookup>(on_lookup, server::concurrent(8));               // a coroutine, up to 8 a connection at a time
//   router.first<login>(on_login);                                     // until it says yes, nothing else is handled
//   router.otherwise(on_other);                                        // what no handler takes
//
// A handler is called with (context&, const Packet&), or (context&, const Identity&, const Packet&) with what first()
// knows of the peer, and returns one of these, or an io::task of it:
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
// A router speaks the default protocol, or one of your own: server::router router(weather{}). What its control says
// (see packet/control.hpp), pings say, needs no handler. A packet without a handler and a body that is malformed are a
// breach, or what otherwise() makes of them.
#pragma once

#include <hawser/io/plain_function.hpp>
#include <hawser/packet/outline.hpp>
#include <hawser/packet/packets.hpp>
#include <hawser/server/context.hpp>
#include <hawser/server/events.hpp>
#include <hawser/server/route.hpp>
#include <hawser/server/route_table.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <typeindex>
#include <utility>

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
    io::plain_function<void(context&, const ending&)> close;
};

class router {
public:
    /// Speaks this protocol: router(weather{}).
    explicit router(const packet::outline& speaks = packet::default_protocol());

    /// Handles `Packet` from now on, instead of whatever did before. It need not be of the router's protocol, but its
    /// command must be at the same place, as the same number: throws std::invalid_argument.
    template <class Packet, class Handler>
    router& on(Handler handler) {
        // Here, not in a function of their own: what a compiler says first is where the mistake is.
        static_assert(packet::described<Packet>,
                      "a packet is a described struct: write BOOST_DESCRIBE_STRUCT(NAME, (), (its fields)) behind it");
        static_assert(
            packet::packet<Packet>,
            "a packet has a command: write 'static constexpr packet::command<std::uint8_t> code{0x20};' in it");
        using kind = handler_kind<Packet, Handler>;
        static_assert(kind::is_callable,
                      "a handler is called with its session and its packet: (server::context&, const PACKET&), or "
                      "(server::context&, const IDENTITY&, const PACKET&)");
        static_assert(kind::may_be_returned,
                      "a handler returns a packet, server::answered, server::breach or nothing, a std::variant of "
                      "packets, std::monostate and server::breach, or an io::task of one of these");
        static_assert(
            is_owning_answer<typename kind::value>,
            "this handler returns a packet with views, which may look at what ends with the handler: write 'return "
            "here.answer(packet)' in a handler that returns server::answered, or give the packet fields that own what "
            "they hold (std::string, packet::text<std::uint8_t, std::string>)");
        wanted_.erase(Packet::code.value);
        if constexpr (kind::wants_identity)
            wanted_.try_emplace(Packet::code.value, typeid(typename kind::identity), packet::name_of<Packet>());
        return add(all_, packet::command_place::of(Packet::code), Packet::code.value,
                   route::to<Packet>(std::move(handler)));
    }
    /// The same for a coroutine, with up to `most.calls` under way on each connection.
    template <class Packet, class Handler>
    router& on(Handler handler, concurrent most) {
        static_assert(handler_kind<Packet, Handler>::is_coroutine, "only a coroutine can be under way several times");
        on<Packet>(std::move(handler));
        all_.at(Packet::code.value).concurrent_calls = most.calls;
        return *this;
    }

    /// The packet by which a peer says who it is. Until its handler, which returns an entry (or an io::task of one),
    /// lets it in, nothing else is handled: see errc::too_early. Who is turned away gets its answer, and its connection
    /// ends. Later this packet has no handler. There is one such packet.
    template <class Packet, class Handler>
    router& first(Handler handler) {
        check_entrance<Packet, Handler>();
        if (!first_.empty()) throw std::invalid_argument("a router has one packet that comes first");
        given_ = typeid(typename handler_kind<Packet, Handler>::value::identity);
        return add(first_, packet::command_place::of(Packet::code), Packet::code.value,
                   route::at_the_entrance<Packet>(std::move(handler)));
    }
    /// The same for one that may come at any time, or not at all, instead of what the protocol's control answers it.
    template <class Packet, class Handler>
    router& greeting(Handler handler) {
        check_entrance<Packet, Handler>();
        return add(all_, packet::command_place::of(Packet::code), Packet::code.value,
                   route::at_the_entrance<Packet>(std::move(handler)));
    }

    /// Handles, in order of arrival, what no handler takes: packets without one, unknown commands, malformed bodies. It
    /// is called as `(context&, const unhandled&)`, and may return what any handler may: an answer, nothing, or
    /// server::breach, which is what becomes of them without it. A frame that cannot be cut is always a breach.
    template <class Handler>
    router& otherwise(Handler handler) {
        using kind = handler_kind<unhandled, Handler>;
        static_assert(kind::is_callable && !kind::wants_identity,
                      "what handles the rest is called with its session and what that is: (server::context&, const "
                      "server::unhandled&)");
        static_assert(kind::may_be_returned && is_owning_answer<typename kind::value>,
                      "what handles the rest returns what any handler may: a packet that owns all that is in it, "
                      "server::answered, server::breach or nothing, a std::variant of packets, std::monostate and "
                      "server::breach, or an io::task of one of these");
        otherwise_ = route::to<unhandled>(std::move(handler));
        return *this;
    }

    /// Called when a connection opens, before its first packet.
    router& on_open(io::plain_function<void(context&)> hook) {
        hooks_.open = std::move(hook);
        return *this;
    }
    /// Called once when a connection has ended. Nothing can be sent any more.
    router& on_close(io::plain_function<void(context&, const ending&)> hook) {
        hooks_.close = std::move(hook);
        return *this;
    }

    /// How this command is handled; null if it is not. Valid as long as the router, once nothing is added any more.
    [[nodiscard]] const route* find(std::uint64_t command) const noexcept { return all_.find(command); }
    [[nodiscard]] const route_table& all() const noexcept { return all_; }   ///< how each is, of who is let in
    /// How each is of who is not; empty if all are let in.
    [[nodiscard]] const route_table& entrance() const noexcept { return first_; }
    /// Why no handler of this table takes this body: see unhandled.
    [[nodiscard]] unhandled why_unhandled(bytes body, const route_table& by) const;
    /// Throws std::invalid_argument if a handler asks for something that nothing gives. A server asks when it is made.
    void check() const;
    /// What handles the rest; one that is none if nothing does.
    [[nodiscard]] const route& rest() const noexcept { return otherwise_; }
    [[nodiscard]] const packet::outline& speaks() const noexcept { return speaks_; }   ///< its protocol
    /// What on_open() and on_close() were given.
    [[nodiscard]] const hooks& called() const noexcept { return hooks_; }

private:
    template <class Packet, class Handler>
    static consteval void check_entrance() {
        static_assert(packet::described<Packet> && packet::packet<Packet>,
                      "what comes first is a packet: a described struct that has a command");
        using kind = handler_kind<Packet, Handler>;
        static_assert(is_entry<typename kind::value> && !kind::wants_identity,
                      "who says who is let in is called as (server::context&, const PACKET&), and returns a "
                      "server::entry of its answer, or an io::task of one");
    }
    [[nodiscard]] std::string_view name_of(std::uint64_t command) const noexcept;
    void check_place(const packet::command_place& place) const;
    router& add(route_table& to, const packet::command_place& place, std::uint64_t command, route how) {
        check_place(place);
        to.set(command, std::move(how));
        return *this;
    }

    packet::outline speaks_;
    route_table all_;
    route_table first_;
    std::optional<std::type_index> given_;   // what the first packet says of a peer
    std::map<std::uint64_t, std::pair<std::type_index, std::string_view>> wanted_;   // by the handlers of these packets
    route otherwise_;
    hooks hooks_;
};

}   // namespace hawser::server
