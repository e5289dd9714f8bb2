// frame_wait: what reading from a frame_stream gives, to be awaited at once: its next frame, more bytes, or the others' turn.
//
//   while (auto body = co_await frames.read_frame()) ...
//
// What is there already costs no suspension. Whoever has to wait is resumed when there is a whole frame, or an end: the bytes before that are
// read without it. It lies in the frame of the coroutine that awaits it, Asio's operation too, and takes none of its own.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/task.hpp>

#include <concepts>
#include <coroutine>
#include <source_location>
#include <utility>

namespace hawser::io {

class frame_stream;

/// What all of them have.
class frame_wait : public awaiter {
public:
    /// When it has waited for long enough.
    enum class until : unsigned char { bytes, frame, turn };

    /// Not what it waits with: it stays where it is then.
    frame_wait(const frame_wait& other) noexcept : of_(other.of_), body_(other.body_), until_(other.until_), is_there_(other.is_there_) {}
    frame_wait& operator=(const frame_wait&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return is_there_; }
    template <std::derived_from<coroutine> Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> waits,
                                     const std::source_location& where = std::source_location::current()) {
        waits.promise().waits_at(where);
        who_ = &waits.promise().in();
        return begin();
    }

protected:
    ~frame_wait() = default;
    frame_wait(frame_stream& of, until enough) noexcept : of_(&of), until_(enough) {}
    /// Nothing has to be waited for.
    frame_wait(frame_stream& of, bytes body) noexcept : of_(&of), body_(body), until_(until::frame), is_there_(true) {}

    [[nodiscard]] result<bytes> frame() const noexcept { return is_there_ ? result<bytes>(body_) : no_frame(); }
    [[nodiscard]] error_code filled() const noexcept;

private:
    friend class frame_stream;
    [[nodiscard]] result<bytes> no_frame() const noexcept;
    [[nodiscard]] bool begin();   // false: nothing has to be waited for

    void abandon() noexcept;

    frame_stream* of_;               // none if that has gone meanwhile, as it may when its io_context ends
    chain* who_ = nullptr;           // while it waits
    frame_wait* behind_ = nullptr;   // goes on after it
    bytes body_;
    sized_operation_memory<96> memory_;   // of what is waited for
    until until_;
    bool is_there_ = false;   // the frame
};

/// See frame_stream::read_frame().
class [[nodiscard]] frame_read : public frame_wait {
public:
    [[nodiscard]] result<bytes> await_resume() const noexcept { return frame(); }
    /// For what wants a task: takes a coroutine's frame.
    operator task<result<bytes>>() const { return awaited(*this); }   // NOLINT: implicit, as it was given as one

private:
    friend class frame_stream;
    using frame_wait::frame_wait;
    static task<result<bytes>> awaited(frame_read self) { co_return co_await self; }
};

/// See frame_stream::fill().
class [[nodiscard]] frame_fill : public frame_wait {
public:
    [[nodiscard]] error_code await_resume() const noexcept { return filled(); }
    operator task<error_code>() const { return awaited(*this); }   ///< the same  NOLINT: as above

private:
    friend class frame_stream;
    using frame_wait::frame_wait;
    static task<error_code> awaited(frame_fill self) { co_return co_await self; }
};

/// See frame_stream::others_turn().
class [[nodiscard]] frame_turn : public frame_wait {
public:
    void await_resume() const noexcept {}

private:
    friend class frame_stream;
    using frame_wait::frame_wait;
};

}  // namespace hawser::io
