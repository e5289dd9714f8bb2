// task: the coroutine type of hawser, and the executor it runs on. The only names for them in public code.
//
//   io::task<int> answer(io::executor where) { co_await io::sleep(1s); co_return 42; }
//
// A connection lives on one io_context that one thread runs: its coroutines never run at the same time, and nothing in
// them needs a lock. The executor is a concrete type, not any_io_executor (measured: 7 to 15 % more requests a second;
// docs/decisions/executor.md; threads.md there has the figures for an io_context a thread).
//
// A task awaits tasks, any operation of Asio (with use_task, deferred, or what wraps them), and what derives from
// io::awaiter; an asio::awaitable by call.hpp. Nothing is destroyed for want of memory: what cannot be begun throws
// std::bad_alloc where it is awaited.
//
// House rule, for g++ 12: no lambda that captures is a coroutine; pass state as parameters; name the result of a
// co_await before using it in a larger expression.
#pragma once

#include <hawser/io/operation.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>

#include <cassert>
#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>
#include <variant>

namespace hawser::inline v0::io {

template <class T>
class task_promise;

/// A coroutine. It starts when it is awaited or spawned, on the executor of whoever does so. Owns it: one that was
/// never started, or whose chain is abandoned, is destroyed with it. Or a value that is there already, in place of a
/// coroutine that would return it at once.
template <class T = void>
class [[nodiscard]] task {
public:
    using value_type = T;
    using promise_type = task_promise<T>;
    using held = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    task() noexcept {}   ///< none  NOLINT: a default one would need one of held
    /// One that has returned a T(), as nearly every send has: to await it costs next to nothing.
    [[nodiscard]] static task done() noexcept
        requires std::default_initializable<held>
    {
        task made;
        made.is_ = kind::done;
        return made;
    }
    /// One that has returned `value`.
    template <std::convertible_to<held> Value>
    [[nodiscard]] static task of(Value&& value) {
        task made;
        std::construct_at(&made.value_, std::forward<Value>(value));
        made.is_ = kind::value;
        return made;
    }
    task(task&& other) noexcept : is_(std::exchange(other.is_, kind::none)) {
        if (is_ == kind::coroutine) frame_ = other.frame_;
        else if (is_ == kind::value) [[unlikely]] move_value(other);
    }
    task& operator=(task&& other) noexcept {
        task taken(std::move(other));   // which may lie in what is destroyed
        std::destroy_at(this);
        return *std::construct_at(this, std::move(taken));
    }
    ~task() {
        if (is_ == kind::coroutine) frame_.destroy();
        else if (is_ == kind::value) std::destroy_at(&value_);
    }

    /// Whether it is one.
    [[nodiscard]] bool valid() const noexcept { return is_ != kind::none; }

    // For what awaits and spawns tasks.

    [[nodiscard]] bool is_coroutine() const noexcept { return is_ == kind::coroutine; }
    [[nodiscard]] coroutine& outermost() const noexcept;   ///< of one that is a coroutine
    [[nodiscard]] T take();                                ///< what it returned, or throws what it threw

private:
    friend task_promise<T>;
    explicit task(std::coroutine_handle<promise_type> frame) noexcept : is_(kind::coroutine), frame_(frame) {}

    void move_value(task& from) noexcept {
        std::construct_at(&value_, std::move(from.value_));
        std::destroy_at(&from.value_);
    }

    // Not a variant: that is moved as a whole, and what was stored in parts and is loaded as a whole at once stalls a
    // processor, some 5 ns each time.
    enum class kind : unsigned char { none, done, value, coroutine };
    kind is_ = kind::none;
    union {
        std::coroutine_handle<promise_type> frame_;
        held value_;
    };
};

/// Whether something is a coroutine that somebody has to await.
template <class T>
inline constexpr bool is_task = false;
/// It is.
template <class T>
inline constexpr bool is_task<task<T>> = true;

/// Whether what is given as `Given&&` may be made where it is awaited. g++ 12 destroys an aggregate or a lambda twice
/// that is made inside of a co_await, which does harm if it owns something. What has a name is safe.
template <class Given>
concept safe_to_await = std::is_lvalue_reference_v<Given> || std::is_trivially_destructible_v<Given>;

/// Awaited in a task, gives the executor it runs on: co_await io::this_executor.
inline constexpr asio::this_coro::executor_t this_executor{};

/// A task that is awaited.
template <class T>
class task_awaiter {
public:
    explicit task_awaiter(task<T>&& awaited) noexcept : awaited_(std::move(awaited)) { assert(awaited_.valid()); }
    task_awaiter(const task_awaiter&) = delete;
    task_awaiter& operator=(const task_awaiter&) = delete;
    ~task_awaiter() = default;

    [[nodiscard]] bool await_ready() const noexcept { return !awaited_.is_coroutine(); }
    /// Names it as the next to run.
    template <std::derived_from<coroutine> Promise>
    void await_suspend(std::coroutine_handle<Promise> outer,
                       const std::source_location& where = std::source_location::current()) noexcept {
        outer.promise().waits_at(where);
        outer.promise().in().await(outer.promise(), awaited_.outermost());
    }
    T await_resume() { return awaited_.take(); }

private:
    task<T> awaited_;   // one that is none must not be awaited
};

/// What can be awaited as it is. It is moved: what has to stay where it is is pointed to.
template <class T>
concept awaits_by_itself = std::derived_from<std::remove_cvref_t<T>, awaiter>;

/// An operation of Asio that waits for its token.
template <class T>
concept deferred_operation = !awaits_by_itself<T> && asio::is_async_operation<T>::value;

/// What all promises of tasks know to await.
class awaiting_coroutine : public coroutine {
public:
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] auto final_suspend() const noexcept { return ending(); }
    void unhandled_exception() noexcept { thrown_ = std::current_exception(); }

    /// What a task may await: its executor,
    [[nodiscard]] task_awaiter<executor> await_transform(asio::this_coro::executor_t /* which */) const noexcept {
        return task_awaiter<executor>(task<executor>::of(in().home()));
    }
    /// another task,
    template <class T>
    [[nodiscard]] task_awaiter<T> await_transform(task<T>&& awaited) const noexcept {
        return task_awaiter<T>(std::move(awaited));
    }
    /// what goes on by its chain,
    template <awaits_by_itself Awaited>
    // By value: g++ 12 copies what is referred to.
    [[nodiscard]] auto await_transform(Awaited awaited) const noexcept {
        // What it waits with is larger.
        if constexpr (requires { awaited.operator co_await(); }) return awaited.operator co_await();
        else return awaited;
    }
    /// and any operation of Asio.
    template <deferred_operation Operation>
    [[nodiscard]] auto await_transform(Operation&& begin) const {
        static_assert(
            !has_bound_executor<std::remove_cvref_t<Operation>>(),
            "a task goes on on its own executor: leave out bind_executor(), and post() or io::spawn() what is to be "
            "done on another");
        return std::forward<Operation>(begin)(use_task);
    }

protected:
    explicit awaiting_coroutine(std::coroutine_handle<> self) noexcept : coroutine(self) {}
    ~awaiting_coroutine() = default;

    /// What it has ended with.
    void throw_if_thrown() {
        if (thrown_) std::rethrow_exception(std::move(thrown_));
    }

private:
    class ending {
    public:
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <std::derived_from<coroutine> Promise>
        void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
            self.promise().in().leave();
        }
        void await_resume() const noexcept {}
    };

    std::exception_ptr thrown_;
};

/// Of one that returns a value.
template <class T>
class task_promise final : public awaiting_coroutine {
public:
    task_promise() noexcept : awaiting_coroutine(std::coroutine_handle<task_promise>::from_promise(*this)) {}

    /// As each call of a coroutine begins.
    [[nodiscard]] task<T> get_return_object() noexcept {
        return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
    }
    /// As co_return calls it.
    template <class Given = T>
        requires std::constructible_from<T, Given>
    void return_value(Given&& given) {
        value_.emplace(std::forward<Given>(given));
    }
    /// What it returned; throws what it threw.
    [[nodiscard]] T take() {
        throw_if_thrown();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class task_promise<void> final : public awaiting_coroutine {
public:
    task_promise() noexcept : awaiting_coroutine(std::coroutine_handle<task_promise>::from_promise(*this)) {}

    [[nodiscard]] task<void> get_return_object() noexcept {
        return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
    }
    void return_void() const noexcept {}
    void take() { throw_if_thrown(); }
};

template <class T>
coroutine& task<T>::outermost() const noexcept {
    return frame_.promise();
}

template <class T>
T task<T>::take() {
    if (is_ == kind::coroutine) return frame_.promise().take();
    if constexpr (!std::is_void_v<T>) {
        if (is_ == kind::value) return std::move(value_);
        if constexpr (std::default_initializable<T>)
            if (is_ == kind::done) return T();
        std::terminate();   // none, and nobody awaits that
    }
}

template <class... Results, class Initiation, class... Arguments>
task<awaited_value_t<Results...>> operation<void(Results...), Initiation, Arguments...>::awaited(operation self) {
    co_return co_await std::move(self);
}

}   // namespace hawser::io
