// operation: an operation of Asio that is awaited in a task.
//
//   co_await timer.async_wait(io::use_task);   // any operation, also through as_tuple, redirect_error, bind_allocator
//   co_await timer.async_wait(asio::deferred);               // the same
//
// It begins when it is awaited. What it throws as it begins, std::bad_alloc say, is thrown there. It completes on the
// task's own executor, whatever thread it was done on (so another cannot be bound to the token: bind_executor() is for
// handlers), and what it is done by outlives whoever awaits it, or ends on its thread. An error code that is one is
// thrown as boost::system::system_error, an exception as it is.
#pragma once

#include <hawser/io/coroutine.hpp>
#include <hawser/io/use_task.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/system/system_error.hpp>

#include <cassert>
#include <concepts>
#include <exception>
#include <optional>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace hawser::inline v0::io {

template <class T>
class task;

/// What an operation came to. It lies in the frame of the coroutine that awaits it.
template <class... Results>
class arrival {
public:
    arrival() noexcept {}

    /// Between the two, what comes is only kept: whoever began it has not suspended yet.
    void begins(chain& of) noexcept {
        of_ = &of;
        phase_ = phase::beginning;
    }
    /// Whether there is something to wait for.
    [[nodiscard]] bool has_begun() noexcept {
        if (phase_ == phase::dropped) of_->abandon_soon();
        return std::exchange(phase_, phase::waiting) != phase::arrived;
    }

    /// They have come.
    template <class... Given>
    void arrive(Given&&... given) {
        forget_cancellation();
        keep(std::forward<Given>(given)...);
        if (phase_ == phase::beginning) phase_ = phase::arrived;
        else of_->resume();
    }
    /// Nothing will arrive. Out of line: g++ 12 takes what it inlines of this for a use of what was freed.
    [[gnu::noinline, gnu::cold]] void drop() noexcept {
        forget_cancellation();
        if (phase_ == phase::beginning) phase_ = phase::dropped;
        else of_->abandon();
    }

    [[nodiscard]] chain& of() const noexcept { return *of_; }
    /// Throws what it took to copy them.
    [[nodiscard]] std::tuple<Results...>& results() {
        if constexpr (may_throw)
            if (thrown_) std::rethrow_exception(std::move(thrown_));
        return *results_;
    }

private:
    enum class phase : unsigned char { beginning, arrived, dropped, waiting };
    static constexpr bool may_throw = !(std::is_nothrow_copy_constructible_v<Results> && ...);

    // It knows the object of the operation, which may be gone soon.
    void forget_cancellation() noexcept {
        asio::cancellation_slot slot = of_->slot();
        if (slot.is_connected()) slot.clear();
    }
    template <class... Given>
    void keep(Given&&... given) {
        if constexpr (!may_throw) {
            results_.emplace(std::forward<Given>(given)...);
        } else {
            try {
                results_.emplace(std::forward<Given>(given)...);
            } catch (...) {
                thrown_ = std::current_exception();
            }
        }
    }

    chain* of_ = nullptr;
    std::optional<std::tuple<Results...>> results_;
    [[no_unique_address]] std::conditional_t<may_throw, std::exception_ptr, std::monostate> thrown_;
    phase phase_ = phase::beginning;
};

/// The completion handler: keeps the chain that waits.
template <class... Results>
class arrival_handler {
public:
    using executor_type = executor;
    using cancellation_slot_type = asio::cancellation_slot;

    explicit arrival_handler(arrival<Results...>& to) noexcept : to_(&to), home_(to.of().home()) {}
    arrival_handler(arrival_handler&& other) noexcept : to_(std::exchange(other.to_, nullptr)), home_(other.home_) {}
    arrival_handler(const arrival_handler&) = delete;
    arrival_handler& operator=(const arrival_handler&) = delete;
    ~arrival_handler() {
        if (to_ != nullptr) to_->drop();
    }

    /// As Asio calls it.
    template <class... Given>
    void operator()(Given&&... given) {
        assert(home_.running_in_this_thread());   // no executor may be bound: see use_task.hpp
        std::exchange(to_, nullptr)->arrive(std::forward<Given>(given)...);
    }

    [[nodiscard]] executor get_executor() const noexcept { return home_; }
    [[nodiscard]] asio::cancellation_slot get_cancellation_slot() const noexcept { return to_->of().slot(); }

private:
    arrival<Results...>* to_;
    executor home_;
};

/// Nothing, the one value, or a tuple of many.
template <class... Values>
struct value_or_values {
    using type = std::tuple<Values...>;
};
template <class Value>
struct value_or_values<Value> {
    using type = Value;
};
template <>
struct value_or_values<> {
    using type = void;
};
/// What a completion gives where it is awaited: its results, without the error, which is thrown.
template <class... Results>
struct awaited_value : value_or_values<Results...> {};
template <class... Results>
struct awaited_value<boost::system::error_code, Results...> : value_or_values<Results...> {};
template <class... Results>
struct awaited_value<std::exception_ptr, Results...> : value_or_values<Results...> {};
/// Its type.
template <class... Results>
using awaited_value_t = typename awaited_value<Results...>::type;

/// Whether the first of them says what went wrong.
template <class... Results>
inline constexpr bool begins_with_error = false;
template <class... Rest>
inline constexpr bool begins_with_error<boost::system::error_code, Rest...> = true;
template <class... Rest>
inline constexpr bool begins_with_error<std::exception_ptr, Rest...> = true;

/// Throws it, if there is one.
inline void throw_error(const boost::system::error_code& error) {
    if (error) throw boost::system::system_error(error);
}
/// The same of what was thrown.
inline void throw_error(std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(std::move(thrown));
}

/// It is taken out of them.
template <class... Results>
awaited_value_t<Results...> take_value(std::tuple<Results...>& results) {
    constexpr bool may_fail = begins_with_error<Results...>;
    constexpr std::size_t first = may_fail ? 1 : 0;
    constexpr std::size_t count = sizeof...(Results) - first;
    if constexpr (may_fail) throw_error(std::get<0>(results));
    if constexpr (count == 1) return std::move(std::get<first>(results));
    else if constexpr (count > 1 && !may_fail) return std::move(results);
    else if constexpr (count > 1)
        return std::apply(
            [](auto& /* none */, auto&... rest) { return awaited_value_t<Results...>(std::move(rest)...); }, results);
}

/// What initiating an operation with use_task gives: to be awaited, once.
template <class Signature, class Initiation, class... Arguments>
class operation;

template <class... Results, class Initiation, class... Arguments>
class [[nodiscard]] operation<void(Results...), Initiation, Arguments...> : public awaiter {
public:
    template <class Given, class... Rest>
    explicit operation(std::in_place_t /* not a copy */, Given&& initiation, Rest&&... arguments)
        : initiation_(std::forward<Given>(initiation)), arguments_(std::forward<Rest>(arguments)...) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <std::derived_from<coroutine> Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> waits,
                                     const std::source_location& where = std::source_location::current()) {
        waits.promise().waits_at(where);
        arrival_.begins(waits.promise().in());
        const auto begin = [this](Arguments&... arguments) {
            std::move(initiation_)(arrival_handler<Results...>(arrival_), std::move(arguments)...);
        };
        std::apply(begin, arguments_);
        return arrival_.has_begun();
    }
    awaited_value_t<Results...> await_resume() { return take_value(arrival_.results()); }

    /// For what wants to know its type beforehand, as redirect_error() does; takes a coroutine's frame.
    // NOLINTNEXTLINE: implicit, as Asio returns it
    operator task<awaited_value_t<Results...>>() && { return awaited(std::move(*this)); }

private:
    static task<awaited_value_t<Results...>> awaited(operation self);

    Initiation initiation_;
    std::tuple<Arguments...> arguments_;
    arrival<Results...> arrival_;
};

}   // namespace hawser::io

/// How Asio makes an operation of use_task.
template <class... Results>
class boost::asio::async_result<hawser::io::use_task_t, void(Results...)> {
public:
    using return_type = hawser::io::task<hawser::io::awaited_value_t<std::decay_t<Results>...>>;

    template <class Initiation, class... Arguments>
    // asio::deferred asks whether it could copy them.
        requires(std::constructible_from<std::decay_t<Arguments>, Arguments> && ...)
    static auto initiate(Initiation&& initiation, hawser::io::use_task_t /* token */, Arguments&&... arguments) {
        using made =
            hawser::io::operation<void(std::decay_t<Results>...), std::decay_t<Initiation>, std::decay_t<Arguments>...>;
        return made(std::in_place, std::forward<Initiation>(initiation), std::forward<Arguments>(arguments)...);
    }
};
