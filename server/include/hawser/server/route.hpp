// route: how one command is handled: what router::on() makes of a handler.
//
//   const route how = route::to<packet::submit>(on_submit);
//   call here(session);
//   if (!how.at_once(how.handler.get(), here, body)) ...     // here.why(), or here.waiting(), which has no room yet
//
// What a handler returns is written where it leaves from: by try_answer() in context.hpp, into what begin_frame() of
// frame_stream_writing.cpp gives. What is awaited, and what has no room yet, is in dispatcher.cpp.
//
// Handlers are kept once, behind a pointer, and called through a function that knows their type. What a handler throws
// is caught here: what comes out of these functions is ours, and no memory.
#pragma once

#include <hawser/packet/packets.hpp>
#include <hawser/server/context.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace hawser::inline v0::server {

/// One request on its way through its handler, who sees the context only. The server makes one for all that are
/// handled in one turn, one after the other.
class call : public context {
public:
    explicit call(session& of) noexcept : context(of) {}

    // Each says whether that is all: the request is answered, or needs no answer. If not, there is why(), or waiting().

    /// The handler has returned its answer.
    template <packet::packet Packet>
    [[nodiscard]] bool handler_returned(const Packet& answer) {
        return try_answer(answer);
    }
    /// The handler, which answers by itself, has ended.
    [[nodiscard]] bool handler_ended(error_code said) noexcept {
        may_answer(false);
        if (said) remains() = said;
        return remains().index() == 0;
    }
    /// The handler has thrown: in its catch clause.
    [[nodiscard]] bool handler_threw() noexcept;
    /// It was not called, or its coroutine was not.
    [[nodiscard]] bool failed(error_code why) noexcept {
        remains() = why;
        return false;
    }

    /// The handler, which is called now, answers by itself.
    void handler_answers() noexcept { may_answer(true); }
    /// What went wrong; null: nothing.
    [[nodiscard]] const error_code* why() noexcept { return std::get_if<error_code>(&remains()); }
    /// The body of the answer for which there was no room; null: none.
    [[nodiscard]] byte_buffer* waiting() noexcept { return std::get_if<byte_buffer>(&remains()); }
    [[nodiscard]] session& whose() const noexcept { return session_; }
    using session_view::flush_soon;
};

/// What a handler of a packet is, by its type.
template <class Packet, class Handler>
class handler_kind {
    template <class Result>
    struct awaited {
        using type = Result;
        static constexpr bool is_task = false;
    };
    template <class Result>
    struct awaited<io::task<Result>> {
        using type = Result;
        static constexpr bool is_task = true;
    };
    template <bool IsCallable, class Function>
    struct call_of : awaited<void> {};
    template <class Function>
    struct call_of<true, Function> : awaited<std::invoke_result_t<const Function&, context&, const Packet&>> {};

public:
    static constexpr bool is_callable = std::invocable<const Handler&, context&, const Packet&>;
    using value = typename call_of<is_callable, Handler>::type;   ///< that it returns, itself or by a task
    static constexpr bool is_coroutine = call_of<is_callable, Handler>::is_task;
    static constexpr bool may_be_returned = packet::packet<value> || std::same_as<value, answered> ||
                                            std::is_void_v<value>;
};

/// How one command is handled. One of the two functions is there, or it is none.
struct route {
    /// Handles at once; false if that is not all, as call says.
    using plain = bool (*)(const void* handler, call& here, bytes body);
    /// Handles in a coroutine, as call says then; `body` stays valid until it ends.
    using coroutine = io::task<void> (*)(const void* handler, call& here, bytes body);

    plain at_once = nullptr;
    coroutine awaited = nullptr;
    std::shared_ptr<const void> handler;
    /// Why a body is not the packet of this route.
    packet::decoded<void> (*check)(bytes body) = nullptr;
    /// Of its packet.
    std::string_view name;
    /// 0: in order of arrival.
    std::uint32_t concurrent_calls = 0;

    /// Whether it is one.
    [[nodiscard]] explicit operator bool() const noexcept { return at_once != nullptr || awaited != nullptr; }

    /// To a handler of the user's.
    template <class Packet, class Handler>
    [[nodiscard]] static route to(Handler handler) {
        route made = through<Packet>(nullptr);
        if constexpr (handler_kind<Packet, Handler>::is_coroutine) made.awaited = &await<Packet, Handler>;
        else made.at_once = &handle<Packet, Handler>;
        made.handler = std::make_shared<const Handler>(std::move(handler));
        return made;
    }
    /// To a function of the server's.
    template <class Packet>
    [[nodiscard]] static route through(plain at_once) {
        return {at_once, nullptr, nullptr, &packet::check_as<Packet>, packet::name_of<Packet>(), 0};
    }

private:
    template <class Packet, class Handler>
    static bool handle(const void* kept, call& here, bytes body) {
        Packet read{};
        packet::malformed why;
        if (!packet::read_as(body, read, why)) [[unlikely]]
            return here.failed(why);
        const Packet& asked = read;
        const Handler& handler = *static_cast<const Handler*>(kept);
        context& seen = here;
        using value = typename handler_kind<Packet, Handler>::value;
        try {
            if constexpr (packet::packet<value>) {
                return here.handler_returned(handler(seen, asked));
            } else {
                here.handler_answers();
                error_code said;
                if constexpr (std::is_void_v<value>) handler(seen, asked);
                else said = handler(seen, asked).error();
                return here.handler_ended(said);
            }
        } catch (...) {
            return here.handler_threw();
        }
    }

    template <class Packet, class Handler>
    static io::task<void> await(const void* kept, call& here, bytes body) {
        using value = typename handler_kind<Packet, Handler>::value;
        const packet::decoded<Packet> read = packet::decode_as<Packet>(body);
        if (!read) {
            static_cast<void>(here.failed(read.error()));
            co_return;
        }
        if constexpr (!packet::packet<value>) here.handler_answers();
        io::task<value> handling;
        try {
            context& seen = here;
            handling = (*static_cast<const Handler*>(kept))(seen, *read);
        } catch (const std::bad_alloc&) {   // for its coroutine
            static_cast<void>(here.failed(make_error_code(boost::system::errc::not_enough_memory)));
            co_return;
        } catch (...) {   // it is a function that returns one
            static_cast<void>(here.handler_threw());
            co_return;
        }
        try {
            if constexpr (std::is_void_v<value>) {
                co_await std::move(handling);
                static_cast<void>(here.handler_ended({}));
            } else {
                const value answer = co_await std::move(handling);
                if constexpr (packet::packet<value>) static_cast<void>(here.handler_returned(answer));
                else static_cast<void>(here.handler_ended(answer.error()));
            }
        } catch (...) {
            static_cast<void>(here.handler_threw());
        }
        here.flush_soon();
    }
};

}   // namespace hawser::server
