// queue: a bounded channel between coroutines of one io_context, as Go's make(chan T, n).
//
//   io::queue<reading> readings(executor, 16);
//   if (const error_code error = co_await readings.push(next)) ...      // waits while it is full
//   while (auto one = co_await readings.pop()) use(*one);               // waits while it is empty; ends after close()
//
// Who waits is served in turn. Go's select: let all that can happen go into one queue of a std::variant; its time.After
// is the `until` of push and pop, its default is try_push and try_pop. A queue of one is a lock that may be held across
// a co_await: push to take it, pop to give it back. There is no queue of none: a channel without a buffer is one of
// one. Invariant: at most `capacity` values. To be used on the thread of its executor only; other threads post to it.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/waiting_line.hpp>

#include <cassert>
#include <concepts>
#include <cstddef>
#include <deque>
#include <optional>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::io {

template <class T>
class queue {
public:
    /// Precondition: `capacity` is not 0. Must outlive who waits at it.
    queue(const executor& where, std::size_t capacity) : capacity_(capacity), pushers_(where), poppers_(where) {
        assert(capacity > 0);
    }
    queue(const queue&) = delete;
    queue& operator=(const queue&) = delete;

    /// Waits for room; if there is some, it is taken in this call, so await it at once. `closed` if it is or gets
    /// closed, `write_timeout` if there was no room until then; the value is gone then. An aggregate that owns memory
    /// is given by its name, and copied: see safe_to_await. One with a constructor may be moved.
    template <std::convertible_to<T> Value = T>
    [[nodiscard]] task<error_code> push(Value&& value, time_point until = time_point::max()) {
        using given = std::remove_cvref_t<Value>;
        // A lambda that captures is not.
        constexpr bool has_constructor = !std::is_aggregate_v<given> && std::is_copy_assignable_v<given>;
        static_assert(
            safe_to_await<Value> || has_constructor || !std::copy_constructible<given>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        return put(std::forward<Value>(value), until);
    }
    /// Takes the value if there is room for it now and nobody waits for it; otherwise, or once
    /// closed, leaves it alone: false.
    [[nodiscard]] bool try_push(T&& value) {
        if (closed_ || !has_room() || !pushers_.empty()) return false;
        add(std::move(value));
        return true;
    }

    /// The oldest value, taken in this call if it is there, so await it at once; else waits for one. `closed` once it
    /// is closed and empty, `read_timeout` if there was none until then.
    [[nodiscard]] task<result<T>> pop(time_point until = time_point::max()) {
        if (std::optional<T> value = try_pop()) return task<result<T>>::of(std::move(*value));
        return pop_in_turn(until);
    }
    /// The oldest value, if there is one that nobody waits for.
    [[nodiscard]] std::optional<T> try_pop() {
        if (values_.empty() || !poppers_.empty()) return std::nullopt;
        return take();
    }

    /// Nothing more comes: what is in it can still be popped, who waits to push gets `closed`. Idempotent.
    void close() {
        closed_ = true;
        pushers_.wake_all();
        poppers_.wake_all();
    }

    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

private:
    [[nodiscard]] bool has_room() const noexcept { return values_.size() < capacity_; }
    [[nodiscard]] bool is_drained() const noexcept { return closed_ && values_.empty(); }

    [[nodiscard]] task<result<T>> pop_in_turn(time_point until) {
        waiting_line::place turn(poppers_, until);
        while (!(turn.is_first() && !values_.empty()) && !is_drained() && !turn.is_late()) co_await turn.wait();
        const bool may = turn.is_first() && !values_.empty();
        turn.leave();
        if (may) co_return take();
        pass_on();
        co_return is_drained() ? errc::closed : errc::read_timeout;
    }

    [[nodiscard]] task<error_code> put(T value, time_point until) {
        if (try_push(std::move(value))) return task<error_code>::done();
        return put_in_turn(std::move(value), until);
    }
    [[nodiscard]] task<error_code> put_in_turn(T value, time_point until) {
        waiting_line::place turn(pushers_, until);
        while (!closed_ && !(turn.is_first() && has_room()) && !turn.is_late()) co_await turn.wait();
        const bool may = turn.is_first() && has_room();
        turn.leave();
        if (closed_) co_return errc::closed;
        if (may) add(std::move(value));
        pass_on();
        co_return may ? error_code() : make_error_code(errc::write_timeout);
    }
    void add(T value) {
        values_.push_back(std::move(value));
        pass_on();
    }
    [[nodiscard]] T take() {
        T value = std::move(values_.front());
        values_.pop_front();
        pass_on();
        return value;
    }
    void pass_on() {
        if (!values_.empty() || closed_) poppers_.wake_first();
        if (has_room()) pushers_.wake_first();
    }

    std::size_t capacity_;
    std::deque<T> values_;
    waiting_line pushers_;
    waiting_line poppers_;
    bool closed_ = false;
};

}   // namespace hawser::io
