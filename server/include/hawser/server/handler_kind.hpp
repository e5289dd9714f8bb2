// handler_kind: what a handler is, by its type: what it is called with, what it returns, whether it is a coroutine.
//
//   static_assert(handler_kind<packet::submit, decltype(on_submit)>::may_be_returned);
#pragma once

#include <hawser/io/task.hpp>
#include <hawser/packet/packet.hpp>
#include <hawser/server/context.hpp>
#include <hawser/server/entry.hpp>
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

/// The second of three parameters of a function, or of what can be called in one way only; void of another.
template <class Function>
struct middle_parameter {
    using type = void;
};
template <class Function>
    requires requires { &Function::operator(); }
struct middle_parameter<Function> : middle_parameter<decltype(&Function::operator())> {};   ///< as above
template <class R, class A, class B, class C, bool Throws>
struct middle_parameter<R (*)(A, B, C) noexcept(Throws)> {   ///< as above
    using type = B;
};
template <class R, class T, class A, class B, class C, bool Throws>
struct middle_parameter<R (T::*)(A, B, C) const noexcept(Throws)> {   ///< as above
    using type = B;
};

/// Of a handler of `Asked`: a packet, or server::unhandled.
template <class Asked, class Handler>
class handler_kind {
    template <class Result>
    struct awaited {
        using type = Result;
        using identity = void;
        static constexpr bool is_task = false;
    };
    template <class Result>
    struct awaited<io::task<Result>> {
        using type = Result;
        using identity = void;
        static constexpr bool is_task = true;
    };
    template <class Function>
    struct call_of : awaited<void> {};
    template <class Function>
        requires std::invocable<const Function&, context&, const Asked&>
    struct call_of<Function> : awaited<std::invoke_result_t<const Function&, context&, const Asked&>> {};
    template <class Function>
        requires(!std::invocable<const Function&, context&, const Asked&> &&
                 std::invocable<const Function&, context&, typename middle_parameter<Function>::type, const Asked&>)
    struct call_of<Function> : awaited<std::invoke_result_t<const Function&, context&,
                                                            typename middle_parameter<Function>::type, const Asked&>> {
        using identity = std::remove_cvref_t<typename middle_parameter<Function>::type>;
    };

public:
    using identity = typename call_of<Handler>::identity;   ///< of its peer, if it asks who that is; else void
    static constexpr bool wants_identity = !std::is_void_v<identity>;
    static constexpr bool is_callable = std::invocable<const Handler&, context&, const Asked&> || wants_identity;
    using value = typename call_of<Handler>::type;   ///< that it returns, itself or by a task
    static constexpr bool is_coroutine = call_of<Handler>::is_task;

    /// Calls it.
    [[nodiscard]] static decltype(auto) call(const Handler& handler, context& here, const Asked& asked) {
        if constexpr (wants_identity) return handler(here, *here.template identity<identity>(), asked);
        else return handler(here, asked);
    }

    static constexpr bool answers_by_itself = std::same_as<value, answered> || std::is_void_v<value>;
    static constexpr bool may_be_returned = returned_answer<value> || answers_by_itself;
};

}   // namespace hawser::server
