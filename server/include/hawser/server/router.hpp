// router: a server written as one handler a packet.
//
//   server::router router;
//   router.on<packet::submit>(on_submit);                              // a plain function: answers at once
//   router.on<lookup>(on_lookup, server::concurrent(8));               // a coroutine, up to 8 a connection at a time
//   router.on_conn([](server::context&, const packet::conn&) { return packet::outcome::ok; });
//
// A handler is called with (context&, const Packet&) and returns the answer, nothing, or an io::task of either. Plain
// handlers and coroutines are done in order of arrival, and a coroutine keeps later packets of its connection waiting;
// concurrent ones are answered as they get ready, matched by id. Views in the packet are valid until the handler ends.
// Handlers are shared by all threads of the server. What a handler throws ends its session, not the server.
//
// conn, ping and pong are answered without a handler; on_conn() may refuse. A packet without a handler is a breach.
#pragma once

#include <hawser/packet/packets.hpp>
#include <hawser/server/context.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <type_traits>
#include <utility>

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
    /// Handles at once: appends the body of the answer, if there is one, to `answer`.
    std::function<error_code(context&, bytes body, byte_buffer& answer)> at_once;
    /// Or handles in a coroutine that sends its answer itself; `body` stays valid until it ends.
    std::function<io::task<error_code>(context&, bytes body)> awaited;
    /// 0: in order of arrival.
    std::uint32_t concurrent_calls = 0;
};

class router {
public:
    /// Knows conn, ping and pong.
    router();

    /// Handles `Packet` from now on, instead of whatever did before.
    template <packet::packet Packet, class Handler>
    router& on(Handler handler) {
        return add(Packet::code, make_route<Packet>(std::move(handler), 0));
    }
    /// The same for a coroutine, with up to `most.calls` under way on each connection.
    template <packet::packet Packet, class Handler>
    router& on(Handler handler, concurrent most) {
        static_assert(is_coroutine<Packet, Handler>, "only a coroutine can be under way several times");
        return add(Packet::code, make_route<Packet>(std::move(handler), most.calls));
    }

    /// Called when a connection opens, before its first packet.
    router& on_open(std::function<void(context&)> hook);
    /// Decides on each conn: outcome::ok accepts; anything else is the answer, and the connection ends.
    router& on_conn(std::function<packet::outcome(context&, const packet::conn&)> hook);
    /// Called once when a connection has ended. Nothing can be sent any more.
    router& on_close(std::function<void(context&, const ending&)> hook);

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
    using returned = awaited_value<std::invoke_result_t<const Handler&, context&, const Packet&>>;
    template <class Packet, class Handler>
    static constexpr bool is_coroutine = returned<Packet, Handler>::is_task;

    template <class Packet, class Handler>
    static route make_route(Handler handler, std::uint32_t concurrent_calls) {
        if constexpr (is_coroutine<Packet, Handler>) {
            const auto awaited = [handler = std::move(handler)](context& here, bytes body) {
                return await_handler<Packet, Handler>(handler, here, body);
            };
            return {.at_once = {}, .awaited = awaited, .concurrent_calls = concurrent_calls};
        } else {
            const auto at_once = [handler = std::move(handler)](context& here, bytes body, byte_buffer& answer) {
                return call_handler<Packet, Handler>(handler, here, body, answer);
            };
            return {.at_once = at_once, .awaited = {}, .concurrent_calls = 0};
        }
    }

    template <class Packet, class Handler>
    static error_code call_handler(const Handler& handler, context& here, bytes body, byte_buffer& answer) {
        const result<Packet> read = packet::decode_as<Packet>(body);
        if (!read) return read.error();
        if constexpr (std::is_void_v<typename returned<Packet, Handler>::type>) {
            handler(here, *read);
        } else {
            packet::encode(handler(here, *read), answer);
        }
        return {};
    }

    template <class Packet, class Handler>
    static io::task<error_code> await_handler(const Handler& handler, context& here, bytes body) {
        const result<Packet> read = packet::decode_as<Packet>(body);
        if (!read) co_return read.error();
        if constexpr (std::is_void_v<typename returned<Packet, Handler>::type>) {
            co_await handler(here, *read);
            co_return error_code();
        } else {
            const auto answer = co_await handler(here, *read);
            const result<void> sent = co_await here.send(answer);
            co_return sent ? error_code() : sent.error();
        }
    }

    router& add(packet::command code, route how);

    // The packet loop of a session, in router.cpp.
    [[nodiscard]] io::task<error_code> serve(session& client) const;
    [[nodiscard]] result<const route*> find(bytes body) const;
    [[nodiscard]] io::task<error_code> handle(session& client, const route& how, bytes body) const;
    static error_code answer_at_once(session& client, const route& how, bytes body);
    static io::task<error_code> call_concurrently(session& client, const route& how, bytes body);
    static io::task<void> concurrent_call(session& client, const route& how, byte_buffer body, place where);
    static error_code greet(context& here, bytes body, byte_buffer& answer);
    static error_code answer_ping(context& here, bytes body, byte_buffer& answer);

    std::array<route, 256> routes_;   // by command
    std::function<void(context&)> on_open_;
    std::function<packet::outcome(context&, const packet::conn&)> on_conn_;
    std::function<void(context&, const ending&)> on_close_;
};

}  // namespace hawser::server
