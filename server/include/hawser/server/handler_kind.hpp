// handler_kind: what a handler is, by its type: what it is called with, what it returns, whether it is a coroutine.
//
//   static_assert(handler_kind<packet::submit, decltype(on_submit)>::may_be_returned);
#pragma once

#include <hawser/io/task.hpp>
#include <hawser/packet/packet.hpp>
#include <hawser/server/context.hpp>
#include <hawser/server/unhandled.hpp>

#include <concepts>
#include <type_traits>
#include <variant>

namespace hawser::inline v0::server {

/// One of several things that a handler may return: an answer, std::monostate for none, or that it is a breach.
template <class T>
concept one_answer = packet::packet<T> || std::same_as<T, std::monostate> || std::same_as<T, breach>;

/// Whether it is a std::variant of these.
template <class T>
inline constexpr bool is_variant_of_answers = false;
/// One is.
template <class... T>
inline constexpr bool is_variant_of_answers<std::variant<T...>> = (one_answer<T> && ...);

/// What a handler may return if it does not answer by itself, as one that returns nothing or server::answered does.
template <class T>
concept returned_answer = packet::packet<T> || std::same_as<T, breach> || is_variant_of_answers<T>;

/// Whether all that is in an answer is its own, so that it may be encoded when its handler has ended.
template <class T>
inline constexpr bool is_owning_answer = true;
/// A packet.
template <packet::packet T>
inline constexpr bool is_owning_answer<T> = packet::owning<T>;
/// One of several.
template <class... T>
inline constexpr bool is_owning_answer<std::variant<T...>> = (is_owning_answer<T> && ...);

/// Of a handler of `Asked`: a packet, or server::unhandled.
template <class Asked, class Handler>
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
    struct call_of<true, Function> : awaited<std::invoke_result_t<const Function&, context&, const Asked&>> {};

public:
    static constexpr bool is_callable = std::invocable<const Handler&, context&, const Asked&>;
    using value = typename call_of<is_callable, Handler>::type;   ///< that it returns, itself or by a task
    static constexpr bool is_coroutine = call_of<is_callable, Handler>::is_task;
    static constexpr bool answers_by_itself = std::same_as<value, answered> || std::is_void_v<value>;
    static constexpr bool may_be_returned = returned_answer<value> || answers_by_itself;

    /// Refuses what is no handler, with a sentence each.
    static consteval void check() {
        static_assert(may_be_returned,
                      "a handler returns a packet, server::answered, server::breach or nothing, a std::variant of "
                      "packets, std::monostate and server::breach, or an io::task of one of these");
        static_assert(
            is_owning_answer<value>,
            "this handler returns a packet with views, which may look at what ends with the handler: write 'return "
            "here.answer(packet)' in a handler that returns server::answered, or give the packet fields that own what "
            "they hold (std::string, packet::text<std::uint8_t, std::string>)");
    }
};

}   // namespace hawser::server
