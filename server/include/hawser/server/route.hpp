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

#include <hawser/packet/packet.hpp>
#include <hawser/server/context.hpp>
#include <hawser/server/entry.hpp>
#include <hawser/server/error.hpp>
#include <hawser/server/handler_kind.hpp>
#include <hawser/server/unhandled.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <typeinfo>
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
    /// It has returned none, because there is none; or that it is a breach.
    [[nodiscard]] bool handler_returned(std::monostate /* none */) noexcept { return true; }
    [[nodiscard]] bool handler_returned(breach /* said */) noexcept { return failed(errc::breach); }   ///< see there
    /// One of these.
    template <class... Answer>
    [[nodiscard]] bool handler_returned(const std::variant<Answer...>& answer) {
        return std::visit([this](const auto& one) { return handler_returned(one); }, answer);
    }
    /// Its answer, and whether its peer is let in, that has sent this body. It may leave something as all do.
    template <class Answer, class Identity>
    void handler_decided(entry<Answer, Identity>& given, bytes body) {
        static_cast<void>(try_answer(given.answer));
        if (!given.who) return turn_away();
        using kept = known_as<Identity>;
        if (!std::same_as<Identity, anybody> && find_state(typeid(kept)) == nullptr)
            keep_state(typeid(kept), std::make_shared<kept>(std::move(*given.who)));
        let_in(body);
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
    /// Why no handler took this body, if nothing else went wrong: see unhandled.
    [[nodiscard]] bool is_unhandled() noexcept;
    [[nodiscard]] unhandled why_unhandled(bytes body) const;   ///< then; see is_unhandled()
    /// Another handler is called instead: nothing remains of what went wrong.
    void begin_again() noexcept { remains() = std::monostate(); }
    /// The body of the answer for which there was no room; null: none.
    [[nodiscard]] byte_buffer* waiting() noexcept { return std::get_if<byte_buffer>(&remains()); }
    using session_view::flush_soon;

    /// An answer that is no packet is made in here ...
    [[nodiscard]] byte_buffer& cleared_answer() noexcept { return cleared_scratch(); }
    /// ... and is on its way then, or what waiting() and why() say.
    void answer_cleared() {
        byte_buffer later;
        const error_code error = enqueue_scratch(later);
        if (error == hawser::errc::outbox_full) remains() = std::move(later);
        else if (error) remains() = error;
    }

private:
    void turn_away() noexcept;
    void let_in(bytes greeting);
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

    /// To a handler of the user's, of `Asked`: a packet, or server::unhandled.
    template <class Asked, class Handler>
    [[nodiscard]] static route to(Handler handler) {
        route made;
        if constexpr (packet::packet<Asked>) made = named_as<Asked>();
        else made.name = otherwise_call;
        if constexpr (handler_kind<Asked, Handler>::is_coroutine) made.awaited = &await<Asked, Handler>;
        else made.at_once = &handle<Asked, Handler>;
        made.handler = std::make_shared<const Handler>(std::move(handler));
        return made;
    }
    /// To a handler that returns an entry: it decides who is let in.
    template <class Packet, class Handler>
    [[nodiscard]] static route at_the_entrance(Handler handler) {
        route made = named_as<Packet>();
        made.awaited = &decide<Packet, Handler>;
        made.handler = std::make_shared<const Handler>(std::move(handler));
        return made;
    }

    static constexpr std::string_view otherwise_call = "otherwise";   ///< the name of that which takes the rest

private:
    template <class Packet>
    [[nodiscard]] static route named_as() {
        return {nullptr, nullptr, nullptr, &packet::check_as<Packet>, packet::name_of<Packet>(), 0};
    }
    // Reads what the handler takes. False: it is none, and `here` knows.
    template <class Asked>
    [[nodiscard]] static bool reads(call& here, bytes body, Asked& into) {
        if constexpr (packet::packet<Asked>) {
            packet::malformed why;
            return packet::read_as(body, into, why) || here.failed(why);
        } else {
            return into = here.why_unhandled(body), true;
        }
    }
    // What a handler came to that has returned this; a breach that is said of the rest is what it was called for.
    template <class Asked, class Value>
    [[nodiscard]] static bool returned(call& here, const Asked& asked, const Value& value) {
        const bool is_done = here.handler_returned(value);
        if constexpr (!packet::packet<Asked>)
            if (const error_code* const why = here.why(); why != nullptr && *why == errc::breach)
                return here.failed(asked.why);
        return is_done;
    }

    template <class Asked, class Handler>
    static bool handle(const void* kept, call& here, bytes body) {
        Asked read{};
        if (!reads(here, body, read)) [[unlikely]]
            return false;
        const Asked& asked = read;
        const Handler& handler = *static_cast<const Handler*>(kept);
        context& seen = here;
        using kind = handler_kind<Asked, Handler>;
        try {
            if constexpr (!kind::answers_by_itself) {
                return returned(here, asked, kind::call(handler, seen, asked));
            } else {
                here.handler_answers();
                error_code said;
                if constexpr (std::is_void_v<typename kind::value>) kind::call(handler, seen, asked);
                else said = kind::call(handler, seen, asked).error();
                return here.handler_ended(said);
            }
        } catch (...) {
            return here.handler_threw();
        }
    }

    // The handler's coroutine; none, and `here` knows why, if there is no memory for it, or it is a function that
    // throws.
    template <class Asked, class Handler>
    [[nodiscard]] static auto begun(const void* kept, call& here, const Asked& asked)
        -> io::task<typename handler_kind<Asked, Handler>::value> {
        try {
            return handler_kind<Asked, Handler>::call(*static_cast<const Handler*>(kept), here, asked);
        } catch (const std::bad_alloc&) {
            static_cast<void>(here.failed(make_error_code(boost::system::errc::not_enough_memory)));
        } catch (...) {
            static_cast<void>(here.handler_threw());
        }
        return {};
    }

    template <class Asked, class Handler>
    static io::task<void> await(const void* kept, call& here, bytes body) {
        using kind = handler_kind<Asked, Handler>;
        using value = typename kind::value;
        Asked read{};
        if (!reads(here, body, read)) co_return;
        if constexpr (kind::answers_by_itself) here.handler_answers();
        io::task<value> handling = begun<Asked, Handler>(kept, here, std::as_const(read));
        if (!handling.valid()) co_return;
        try {
            if constexpr (std::is_void_v<value>) {
                co_await std::move(handling);
                static_cast<void>(here.handler_ended({}));
            } else {
                const value answer = co_await std::move(handling);
                if constexpr (kind::answers_by_itself) static_cast<void>(here.handler_ended(answer.error()));
                else static_cast<void>(returned(here, read, answer));
            }
        } catch (...) {
            static_cast<void>(here.handler_threw());
        }
        here.flush_soon();
    }

    // Awaited also if the handler is no coroutine: whoever is let in is handled by another table from then on.
    template <class Packet, class Handler>
    static io::task<void> decide(const void* kept, call& here, bytes body) {
        using kind = handler_kind<Packet, Handler>;
        using value = typename kind::value;
        Packet read{};
        if (!reads(here, body, read)) co_return;
        try {
            if constexpr (kind::is_coroutine) {
                io::task<value> handling = begun<Packet, Handler>(kept, here, std::as_const(read));
                if (!handling.valid()) co_return;
                value given = co_await std::move(handling);
                here.handler_decided(given, body);
            } else {
                value given = kind::call(*static_cast<const Handler*>(kept), here, std::as_const(read));
                here.handler_decided(given, body);
            }
        } catch (...) {
            static_cast<void>(here.handler_threw());
        }
        here.flush_soon();
    }
};

}   // namespace hawser::server
