// byte_connection: one client without frames, as a coroutine that serves it sees it: bytes as they come.
//
//   io::task<void> serve(server::byte_connection& conn) {
//       while (auto some = co_await conn.read_some())                     // a view, valid until the next read
//           if (auto sent = co_await conn.write(*some); !sent) break;
//   }
//
// What a peer sent at once may come in pieces, and what it sent in pieces at once: a stream has no other ends. All that
// bounds a connection of frames bounds this one too: time-outs (the first bytes are its first frame), the cap on what
// waits to be written, admission, turns, memory. When serve returns, what was written still goes out, then the
// connection ends. One task reads at a time. Errors are sticky.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/frame_wait.hpp>
#include <hawser/io/stream.hpp>
#include <hawser/io/task.hpp>
#include <hawser/server/connection.hpp>

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <source_location>
#include <utility>

namespace hawser::inline v0::server {

class byte_connection;

/// Whoever waits for bytes; see byte_connection::read_some().
class byte_read_wait {
public:
    explicit byte_read_wait(byte_connection& of);

    [[nodiscard]] bool await_ready();   ///< there is something, or nothing will come
    /// False if there is nothing to wait for.
    template <std::derived_from<io::coroutine> Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> waits,
                                     const std::source_location& where = std::source_location::current()) {
        return wait_.await_suspend(waits, where);
    }
    [[nodiscard]] result<bytes> await_resume() noexcept;   ///< the bytes, or why there are none

private:
    byte_connection& of_;
    io::frame_read_wait wait_;
    bool is_left_ = false;   // from the read before
};

/// What byte_connection::read_some() gives, to be awaited at once. It takes no coroutine of its own.
class [[nodiscard]] byte_read : public io::awaiter {
public:
    [[nodiscard]] byte_read_wait operator co_await() const { return byte_read_wait(*of_); }
    /// For what wants a task: takes a coroutine's frame.
    operator io::task<result<bytes>>() const { return awaited(*this); }   // NOLINT: implicit, as it was given as one

private:
    friend class byte_connection;
    explicit byte_read(byte_connection& of) noexcept : of_(&of) {}
    static io::task<result<bytes>> awaited(byte_read self) { co_return co_await self; }

    byte_connection* of_;
};

/// What it has of a session_view sends bytes as they are, without anything around them.
class byte_connection : public session_view {
public:
    explicit byte_connection(session& of) noexcept : session_view(of) {}   ///< the server's to make

    // Reading. Errors: `end_of_stream` when the peer closed, `stopping` when the server drains and all that had arrived
    // was read, the time-out otherwise.

    /// What has arrived, at least a byte: a view, valid until the next read. No memory is held while it waits.
    [[nodiscard]] byte_read read_some() noexcept { return byte_read(*this); }
    /// The same, a copy of as much as fits; the rest is for the next read.
    [[nodiscard]] io::task<result<std::size_t>> read_some(mutable_bytes into);
    /// Fills `into`, which must stay valid until then. An end inside it is `truncated`.
    [[nodiscard]] io::task<io::transferred> read_exactly(mutable_bytes into);

    // Writing.

    /// Writes `data`, which must stay valid until then: done when the outbox has taken a copy, waits while that is at
    /// its cap (limits.outbound_cap). It leaves together with whatever else is written in this turn.
    [[nodiscard]] io::task<result<void>> write(bytes data);
    /// Waits until the kernel has everything that was written.
    [[nodiscard]] io::task<result<void>> flush();
    /// Flushes, then tells the peer that nothing more comes; reading goes on, as after Go's CloseWrite.
    [[nodiscard]] io::task<result<void>> close_write();

private:
    friend class byte_read_wait;

    [[nodiscard]] io::task<result<void>> write_in_parts(bytes data);
    [[nodiscard]] std::size_t take(bytes from, mutable_bytes into) noexcept;

    bytes rest_;   // of what was read, for the next read
};

}   // namespace hawser::server
