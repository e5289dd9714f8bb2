// frame_wait: what reading from a frame_stream gives, to be awaited at once: its next frame, more
// bytes, or the others' turn.
//
//   while (auto body = co_await frames.read_frame()) ...
//
// What is there already costs no suspension. Whoever has to wait is resumed when there is a whole frame, or an end: the
// bytes before that are read without it. It takes no coroutine of its own.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/task.hpp>

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <source_location>
#include <utility>

namespace hawser::inline v0::io {

class frame_stream;

/// Somebody who waits. It lies in the frame of its coroutine, and Asio's operation in its chain: so both are there
/// until nothing will come any more, which the frame_stream need not be when its io_context ends.
class frame_wait : public awaiter {
public:
    /// When it has waited for long enough.
    enum class until : unsigned char { bytes, frame, turn };

    frame_wait(frame_stream& of, until enough) noexcept : of_(&of), until_(enough) {}

    /// False if there is nothing to wait for.
    template <std::derived_from<coroutine> Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> waits,
                                     const std::source_location& where = std::source_location::current()) {
        waits.promise().waits_at(where);
        who_ = &waits.promise().in();
        return begin();
    }

protected:
    [[nodiscard]] error_code filled() const noexcept;   ///< why it was in vain

    frame_stream* of_;   // none if that has gone meanwhile

private:
    friend class frame_stream;
    [[nodiscard]] bool begin();   // false: nothing has to be waited for
    void abandon() noexcept;

    chain* who_ = nullptr;
    frame_wait* behind_ = nullptr;   // goes on after it
    until until_;
};

/// For a frame, unless there is one.
class frame_read_wait final : public frame_wait {
public:
    explicit frame_read_wait(frame_stream& of) noexcept : frame_wait(of, until::frame) {}

    [[nodiscard]] bool await_ready() { return take(); }
    [[nodiscard]] result<bytes> await_resume() const noexcept {   ///< it, or why there is none
        return is_there_ ? result<bytes>(bytes(front_, size_)) : filled();
    }

private:
    friend class frame_stream;
    bool take();   // if there is one

    // The body, in parts that do not lie side by side: what is stored in two and at once loaded as one stalls for 5 ns.
    const std::byte* front_ = nullptr;
    bool is_there_ = false;
    std::size_t size_ = 0;
};

/// For bytes, or a turn.
class frame_fill_wait final : public frame_wait {
public:
    frame_fill_wait(frame_stream& of, until enough) noexcept : frame_wait(of, enough) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] error_code await_resume() const noexcept { return filled(); }
};

/// See frame_stream::read_frame().
class [[nodiscard]] frame_read : public awaiter {
public:
    [[nodiscard]] frame_read_wait operator co_await() const noexcept { return frame_read_wait(*of_); }
    /// For what wants a task: takes a coroutine's frame.
    operator task<result<bytes>>() const { return awaited(*this); }   // NOLINT: implicit, as it was given as one

private:
    friend class frame_stream;
    explicit frame_read(frame_stream& of) noexcept : of_(&of) {}
    static task<result<bytes>> awaited(frame_read self) { co_return co_await self; }

    frame_stream* of_;
};

/// See frame_stream::fill() and others_turn().
class [[nodiscard]] frame_fill : public awaiter {
public:
    [[nodiscard]] frame_fill_wait operator co_await() const noexcept { return {*of_, until_}; }
    operator task<error_code>() const { return awaited(*this); }   ///< the same  NOLINT: as above

private:
    friend class frame_stream;
    frame_fill(frame_stream& of, frame_wait::until enough) noexcept : of_(&of), until_(enough) {}
    static task<error_code> awaited(frame_fill self) { co_return co_await self; }

    frame_stream* of_;
    frame_wait::until until_;
};

}   // namespace hawser::io
