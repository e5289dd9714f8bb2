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
//   - server::answered: what here.answer(packet) said. So are packets with views sent: what they look at may end with the handler.
//   - nothing, whether it has called here.answer() or has no answer
//
// Plain handlers and coroutines are done in order of arrival, and a coroutine keeps later packets of its connection waiting;
// concurrent ones are answered as they get ready, matched by id. Views in the packet are valid until the handler ends. Handlers are
// shared by all threads of the server. What a handler throws ends its session, not the server; earlier answers still leave.
//
// A router speaks the default protocol, or one of your own: server::router router(weather{}). What belongs to the default
// protocol is answered without a handler: conn, which on_conn() may refuse, and ping. A packet without a handler is a
// breach.
#pragma once

#include <hawser/io/plain_function.hpp>
#include <hawser/packet/outline.hpp>
#include <hawser/packet/packets.hpp>
#include <hawser/server/context.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hawser::server {

/// How many calls of one handler a connection may have under way.
struct concurrent {
    /// At least 1: throws std::invalid_argument for 0.
    explicit concurrent(std::uint32_t most) : calls(most) {
        if (most == 0) throw std::invalid_argument("concurrent(0) would never call the handler");
    }
    std::uint32_t calls;
};

/// How one command is handled. Made by router::on().
struct route {
    /// Handles at once, and answers: `outbox_full` if there is no room for that now, and then it waits in the thread's scratch.
    std::function<error_code(context&, const bytes& body)> at_once;
    /// Or handles in a coroutine that sends its answer itself; `body` stays valid until it ends.
    std::function<io::task<error_code>(context&, bytes body)> awaited;
    /// Why a body is not the packet of this route.
    packet::decoded<void> (*check)(bytes body) = nullptr;
    /// 0: in order of arrival.
    std::uint32_t concurrent_calls = 0;
    /// Of its packet.
    std::string_view name = {};
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
        static_assert(packet::described<Packet>, "a packet is a described struct: write BOOST_DESCRIBE_STRUCT(NAME, (), (its fields)) behind it");
        static_assert(packet::packet<Packet>, "a packet has a command: write 'static constexpr packet::command<std::uint8_t> code{0x20};' in it");
        using value = returned<Packet, Handler>;
        static_assert(is_callable<Packet, Handler>, "a handler is called with its session and its packet: (server::context&, const PACKET&)");
        static_assert(may_be_returned<value>, "a handler returns a packet, server::answered or nothing, or an io::task of one of these");
        static_assert(!packet::packet<value> || packet::owning<value>,
                      "this handler returns a packet with views, which may look at what ends with the handler: write "
                      "'return here.answer(packet)' in a handler that returns server::answered, or give the packet fields that own "
                      "what they hold (std::string, packet::text<std::uint8_t, std::string>)");
        return add(packet::command_place::of(Packet::code), Packet::code.value, make_route<Packet>(std::move(handler)));
    }
    /// The same for a coroutine, with up to `most.calls` under way on each connection.
    template <class Packet, class Handler>
    router& on(Handler handler, concurrent most) {
        static_assert(is_coroutine<Packet, Handler>, "only a coroutine can be under way several times");
        on<Packet>(std::move(handler));
        return allow(Packet::code.value, most.calls);
    }

    /// Called when a connection opens, before its first packet.
    router& on_open(io::plain_function<void(context&)> hook);
    /// Decides on each conn: outcome::ok accepts; anything else is the answer, and the connection ends.
    router& on_conn(std::function<packet::outcome(context&, const packet::conn&)> hook);
    /// Called once when a connection has ended. Nothing can be sent any more.
    router& on_close(io::plain_function<void(context&, const ending&)> hook);

private:
    friend class session;

    template <class Result>
    struct awaited_value {
        using type = Result;
        static constexpr bool is_task = false;
    };
    template <class Result>
    struct awaited_value<io::task<Result>> {
        using type = Result;
        static constexpr bool is_task = true;
    };
    template <class Packet, class Handler>
    static constexpr bool is_callable = std::invocable<const Handler&, context&, const Packet&>;
    template <class Packet, class Handler>
    struct call_of : awaited_value<void> {};
    template <class Packet, class Handler>
        requires is_callable<Packet, Handler>
    struct call_of<Packet, Handler> : awaited_value<std::invoke_result_t<const Handler&, context&, const Packet&>> {};
    template <class Packet, class Handler>
    using returned = typename call_of<Packet, Handler>::type;
    template <class Packet, class Handler>
    static constexpr bool is_coroutine = call_of<Packet, Handler>::is_task;
    template <class Value>
    static constexpr bool may_be_returned = packet::packet<Value> || std::same_as<Value, answered> || std::is_void_v<Value>;

    template <class Packet, class Handler>
    static route make_route(Handler handler) {
        if constexpr (is_coroutine<Packet, Handler>) {
            const auto awaited = [handler = std::move(handler)](context& here, bytes body) {
                return await_handler<Packet, Handler>(handler, here, body);
            };
            return {.at_once = {}, .awaited = awaited, .check = &packet::check_as<Packet>, .name = packet::name_of<Packet>()};
        } else {
            const auto at_once = [handler = std::move(handler)](context& here, const bytes& body) {
                return call_handler<Packet, Handler>(handler, here, body);
            };
            return {.at_once = at_once, .awaited = {}, .check = &packet::check_as<Packet>, .name = packet::name_of<Packet>()};
        }
    }

    // What the handler throws is caught here: what comes out of these is ours, and no memory.

    template <class Packet, class Handler>
    static error_code call_handler(const Handler& handler, context& here, bytes body) {
        const packet::decoded<Packet> read = packet::decode_as<Packet>(body);
        if (!read) return read.error();
        using value = returned<Packet, Handler>;
        try {
            if constexpr (packet::packet<value>) {
                return here.give(handler(here, *read));
            } else {
                here.await_answer();
                error_code said;
                if constexpr (std::is_void_v<value>) handler(here, *read);
                else said = handler(here, *read).error();
                return here.has_ended(said);
            }
        } catch (...) {
            return here.threw();
        }
    }

    template <class Packet, class Handler>
    static io::task<error_code> await_handler(const Handler& handler, context& here, bytes body) {
        using value = returned<Packet, Handler>;
        const packet::decoded<Packet> read = packet::decode_as<Packet>(body);
        if (!read) co_return read.error();
        if constexpr (!packet::packet<value>) here.await_answer();
        io::task<value> handling;
        try {
            handling = handler(here, *read);
        } catch (const std::bad_alloc&) {   // for its coroutine
            co_return make_error_code(boost::system::errc::not_enough_memory);
        } catch (...) {   // it is a function that returns one
            co_return here.threw();
        }
        error_code error;
        try {
            if constexpr (std::is_void_v<value>) {
                co_await std::move(handling);
                error = here.has_ended({});
            } else {
                const value answer = co_await std::move(handling);
                if constexpr (packet::packet<value>) error = here.give(answer);
                else error = here.has_ended(answer.error());
            }
        } catch (...) {
            error = here.threw();
        }
        here.flush_soon();
        if (error != hawser::errc::outbox_full) co_return error;
        const result<void> sent = co_await here.send_scratch();
        co_return sent ? error_code() : sent.error();
    }

    router& add(const packet::command_place& place, std::uint64_t command, route how);
    router& allow(std::uint64_t command, std::uint32_t concurrent_calls);
    [[nodiscard]] const route* find(std::uint64_t command) const noexcept {
        if (command < direct_.size()) return direct_[command] == 0 ? nullptr : &routes_[direct_[command] - 1U];
        const auto found = wide_.find(command);
        return found == wide_.end() ? nullptr : &routes_[found->second];
    }

    // How the packets of a session are handled, in router.cpp. It is no coroutine: one for each connection that waits would
    // cost memory, so the session's own does the waiting.

    /// What a session has to wait for.
    struct pause {
        enum class what : unsigned char { bytes, call, end };
        what awaits = what::bytes;
        const route* how = nullptr;   ///< of a call
        bytes body = {};
        error_code why = {};          ///< of the end
    };
    [[nodiscard]] pause handle_arrived(session& client) const;
    [[nodiscard]] error_code judge(session& client, error_code error, bytes body) const;
    [[nodiscard]] const route* route_of(bytes body) const noexcept {
        return speaks_.place().is_in(body) ? find(speaks_.place().read(body)) : nullptr;
    }
    [[nodiscard]] error_code why_no_route(bytes body) const;
    [[nodiscard]] std::string fault_of(const error_code& why, bytes body) const noexcept;
    [[nodiscard]] io::task<void> handle(session& client, const route& how, bytes body) const;
    [[nodiscard]] io::task<void> call(session& client, const route& how, bytes body) const;
    [[nodiscard]] io::task<void> call_concurrently(session& client, const route& how, bytes body) const;
    io::task<void> concurrent_call(std::shared_ptr<session> self, const route& how, byte_buffer body, place where) const;
    static error_code greet(context& here, bytes body);
    static error_code answer_ping(context& here, bytes body);
    static void take_pong(context& here, const packet::pong& answer);

    packet::outline speaks_;
    std::vector<route> routes_;
    std::array<std::uint16_t, 256> direct_{};                   // of the commands that are small: number of the route + 1
    std::unordered_map<std::uint64_t, std::size_t> wide_;       // of the others: number of the route
    io::plain_function<void(context&)> on_open_;
    std::function<packet::outcome(context&, const packet::conn&)> on_conn_;
    io::plain_function<void(context&, const ending&)> on_close_;
};

}  // namespace hawser::server
