// stream: bytes to and from one peer, as Go's net.Conn, over any transport.
//
//   auto made = co_await io::dial(address, 5s);
//   io::stream conn(std::move(*made));
//   conn.set_read_deadline(io::clock::now() + 1s);
//   auto got = co_await conn.read_exactly(header);      // io.ReadFull
//
// One task may read and one may write at a time; a second read is `concurrent_read`. To be used on the thread of its
// executor only. Errors are returned, never thrown; the end of the stream is `end_of_stream`. After `turn` reads and
// writes that did not have to wait the others of the thread have their turn, whatever there is to read or to write.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/deadline.hpp>
#include <hawser/io/spawn.hpp>
#include <hawser/io/transport.hpp>

#include <boost/asio/post.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace hawser::inline v0::io {

/// What a transfer of a whole buffer came to: the bytes moved, also when it failed.
struct [[nodiscard]] transferred {
    std::size_t count = 0;
    error_code error = {};   ///< success means that all bytes were moved
};

// More than 25 functions: what Go has, and beside it what frame_stream is built of, to try and to
// wait without a coroutine.
class stream {
public:
    /// Transfers in one turn. With buffers of 16 KiB they take well under a millisecond.
    static constexpr std::uint8_t turn = 16;

    explicit stream(transport over);
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream() = default;

    // Reading, into what must stay there until then.

    /// At least one byte, as many as there are.
    [[nodiscard]] task<result<std::size_t>> read_some(mutable_bytes into);
    /// Fills `into`. An end inside it is `truncated`, one before its first byte `end_of_stream`.
    [[nodiscard]] task<transferred> read_exactly(mutable_bytes into);
    /// Reads no more: from now on, also for a read that waits, there is `end_of_stream`, and what has arrived or still
    /// does is dropped; writing goes on. A peer in memory or on a Unix socket sees it as `broken_pipe`. One on TCP is
    /// not told: what it sends fills the kernel's buffer and then waits, and close() with some of it unread is a reset.
    void close_read() noexcept;

    // Writing.

    /// Writes all of `data`, which must stay valid until then.
    [[nodiscard]] task<transferred> write_all(bytes data);
    /// Says that nothing more comes; reading goes on.
    void close_write() noexcept;

    /// Ends both directions at once and wakes whoever waits, with `closed`.
    void close() noexcept;

    // Deadlines, as Go has them: absolute, sticky until moved, time_point::max() for none. Once one has
    // passed, every read (write) fails with read_timeout (write_timeout), also one that would not have to
    // wait. No byte is lost: those that were transferred are counted, and moving the deadline makes it go on
    // there, also for a read that waits now.

    void set_read_deadline(time_point at) noexcept { read_deadline_.move(at); }
    void set_write_deadline(time_point at);   ///< the first may throw std::bad_alloc
    void set_deadline(time_point at) { set_read_deadline(at), set_write_deadline(at); }

    // Without waiting: what frame_stream is built of. They fail with asio::error::would_block when they would wait, and
    // know no deadline; waiting does, once it has expired.

    [[nodiscard]] result<std::size_t> try_read(mutable_bytes into);   ///< bytes that are there, as many as fit
    [[nodiscard]] result<std::size_t> try_write(bytes data);          ///< as many as the kernel takes
    /// Returns when it is worth trying; sometimes before that, so try and come back. Success also after wake().
    [[nodiscard]] task<error_code> wait_readable();
    [[nodiscard]] task<error_code> wait_writable();   ///< the same for writing
    /// wait_readable() without a coroutine, where the transport waits on a socket:
    ///     error = why_not_readable();
    ///     if (!error) when_readable(false, [](const error_code& failed = {}) { error = end_wait(failed); ... });
    [[nodiscard]] error_code why_not_readable() const noexcept { return reason_not_to_wait(direction::reading); }
    /// With `looks`, it only waits until the others of the thread had their turn: see lookout. `then` is called as a
    /// socket's handler, a posted function or a task's end are, and destroyed without a call if the io_context ends. If
    /// this throws, it does not wait.
    template <class Handler>
    void when_readable(bool looks, Handler&& then) try {
        reading_ = true;
        if (looks) asio::post(get_executor(), std::forward<Handler>(then));
        else if (socket* const on = transport_.waits_on())
            on->async_wait(socket::wait_read, std::forward<Handler>(then));
        else spawn(get_executor(), transport_.wait_readable(), std::forward<Handler>(then));
    } catch (...) {
        reading_ = false;
        throw;
    }
    /// After when_readable(): success, or why it ended.
    [[nodiscard]] error_code end_wait(const error_code& failed) noexcept;
    /// Bytes that can be read now without waiting.
    [[nodiscard]] std::size_t available() const noexcept;
    /// Bytes written that have not reached the peer's side yet.
    [[nodiscard]] std::size_t unsent() noexcept;
    /// The same, and one more while the end that close_write() tells has not reached it: TCP may confirm that 40 ms
    /// later than the last byte, and cannot even send it to a peer whose buffer is full.
    [[nodiscard]] std::size_t unconfirmed() noexcept;
    /// Makes whoever waits in wait_readable() or wait_writable() return and look again.
    void wake() noexcept;

    /// Of the socket, for the kernel; -1 if there is none.
    [[nodiscard]] int descriptor() noexcept { return closed_ ? -1 : transport_.descriptor(); }

    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    [[nodiscard]] time_point opened_at() const noexcept { return opened_at_; }   ///< when this was made
    [[nodiscard]] endpoint local() const noexcept { return transport_.local(); }
    [[nodiscard]] endpoint remote() const noexcept { return transport_.remote(); }
    [[nodiscard]] executor get_executor() noexcept { return transport_.get_executor(); }   ///< where it lives

private:
    enum class direction : unsigned char { reading, writing };
    [[nodiscard]] task<error_code> wait(direction which);
    [[nodiscard]] task<void> end_turn(direction which);
    [[nodiscard]] std::optional<result<std::size_t>> counted(const result<std::size_t>& tried) noexcept;
    [[nodiscard]] error_code reason_not_to_wait(direction which) const noexcept;
    [[nodiscard]] error_code why_woken(direction which, const error_code& failed) const noexcept;

    transport transport_;
    time_point opened_at_ = clock::now();
    deadline read_deadline_;
    std::unique_ptr<deadline> write_deadline_;   // made when there is one: most writes never wait
    std::uint8_t transfers_in_turn_ = 0;         // of read_some() and write_all()
    bool reading_ = false;
    bool read_closed_ = false;
    bool end_counts_ = false;   // close_write() has told the end, and the kernel counts it as a byte
    bool closed_ = false;
};

inline error_code stream::reason_not_to_wait(direction which) const noexcept {
    if (closed_) return errc::closed;
    if (which == direction::reading && reading_) return errc::concurrent_read;
    if (which == direction::reading && read_deadline_.expired()) return errc::read_timeout;
    if (which == direction::writing && write_deadline_ && write_deadline_->expired()) return errc::write_timeout;
    return {};
}

}   // namespace hawser::io
