// inbound: what comes from one peer: its frames as far as they have arrived, the buffer that they arrive in, and
// the clocks that bound them.
//
//   in.took(read(fd, in.room(limits, pool, false)));       // bytes have come
//   while (in.take(limits.fill, body)) ...                 // what has arrived, within its turn
//   in.settle(pool, false);                                // holds as little as it can while it waits
//   wait until in.begin_wait(limits, now);
//   if (auto late = in.timed_out(limits, now, false)) ...  // that instant has come
//
// It knows no socket and no clock: time, what is lent, and whether memory is short are arguments. Who waits
// and reads is frame_stream.
#pragma once

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/reader.hpp>
#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/limits.hpp>
#include <hawser/io/memory_budget.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hawser::inline v0::io {

class inbound {
public:
    /// Whether there is more to come: all that does; what had arrived when it was told; nothing.
    enum class coming : unsigned char { all, arrived, nothing };

    inbound(frame::any_codec format, time_point opened, const frame_limits& by) noexcept
        : reader_(std::move(format)), frame_began_at_(opened), turn_left_(frames_of(by)) {}

    [[nodiscard]] const frame::reader<frame::any_codec>& reader() const noexcept { return reader_; }

    // Frames.

    /// Sets `body` to that of the next one that has arrived whole, unless its turn is over: a view, valid until
    /// something else is called that is not const. False if there is none.
    [[nodiscard]] bool take(frame::fill how, bytes& body) noexcept;
    /// The same for one of those that are nearly all: see frame::reader. False, and nothing is done: take() knows.
    [[nodiscard]] bool take_measured(bytes& body) noexcept {
        if (turn_left_ == 0 || !reader_.take_measured(body)) [[unlikely]]
            return false;
        --turn_left_;
        return true;
    }
    /// As frame::reader says.
    void go_on_with(frame::any_codec format) noexcept { reader_.go_on_with(std::move(format)); }
    /// A whole turn again. True if the last one is used up, and more has arrived: then the others' turn comes first.
    [[nodiscard]] bool begin_turn(const frame_limits& by) noexcept {
        return std::exchange(turn_left_, frames_of(by)) == 0 && reader_.is_inside();
    }
    /// The end of what this format can make of the stream, which may be in peace.
    [[nodiscard]] errc failure() const noexcept { return reader_.failure(); }

    // Bytes, and the memory that they are in.

    /// Where the next bytes are to be put, as many as may be read at once; never empty. Throws std::bad_alloc.
    [[nodiscard]] mutable_bytes room(const frame_limits& by, buffer_pool& pool, bool is_short);
    /// So many have been. `has_ended`: and nothing follows.
    void took(std::size_t count) noexcept;
    void end() noexcept { reader_.end(); }   ///< nothing follows
    /// It waits for its peer now, and gives a block back from which all was taken, or what is left fits into
    /// less. Throws std::bad_alloc.
    void settle(buffer_pool& pool, bool is_short);
    /// Frees all of it: nothing is taken any more.
    void discard(buffer_pool& pool) noexcept;

    // Time.

    /// When the wait that begins now must end. Only a frame sets the clocks back: not a wait that was broken off, and
    /// not garbage that a format passes over.
    [[nodiscard]] time_point begin_wait(const frame_limits& by, time_point now) noexcept;
    [[nodiscard]] time_point latest() const noexcept { return latest_; }   ///< of the wait that is under way, or was
    /// That instant has come: why it is the end. None if the peer only waits for us (`is_owed` something that waits to
    /// be written, or somebody holds it, or did so during this wait): then it waits on, until latest().
    [[nodiscard]] error_code timed_out(const frame_limits& by, time_point now, bool is_owed) noexcept;
    /// A frame that never got whole is given up: true if its format has found another behind it.
    [[nodiscard]] bool give_up() noexcept { return reader_.give_up(); }
    /// So long it was not read from, which is not its peer's doing.
    void excuse(const frame_limits& by, time_point now, duration paused) noexcept;
    void hold() noexcept { ++holders_; }   ///< silence is not idleness while somebody holds it
    void release() noexcept { --holders_, was_owed_ = true; }
    void note_owed() noexcept { was_owed_ = true; }   ///< the peer has waited for us

    // Its end.

    [[nodiscard]] coming comes() const noexcept { return comes_; }
    /// Nothing comes but the `arrived` bytes that are there to be read, of which it takes a mebibyte.
    void stop(std::size_t arrived) noexcept;
    void take_no_more() noexcept { comes_ = coming::nothing, turn_left_ = 0; }           ///< hands nothing more out
    [[nodiscard]] bool has_more_to_read() const noexcept { return left_to_read_ > 0; }   ///< after stop()

private:
    // An unfinished frame up to this size is kept in memory of its own while its connection waits; copying it costs
    // less than a block that is out. A longer one keeps its block.
    static constexpr std::size_t max_kept_tail = 16 * 1024;

    [[nodiscard]] static std::uint16_t frames_of(const frame_limits& by) noexcept {
        return static_cast<std::uint16_t>(by.turn_frames);
    }
    void borrow(buffer_pool& pool, bool is_short);
    void settle_with_a_part(buffer_pool& pool, bool is_short);
    [[nodiscard]] time_point limit_from(const frame_limits& by, time_point now) noexcept;

    // More than twelve, as each clock is one; in this order they leave room at the end, where a frame_stream has
    // its smallest.
    frame::reader<frame::any_codec> reader_;
    time_point frame_began_at_;
    time_point quiet_since_{};
    time_point latest_ = time_point::max();
    std::uint32_t quiet_after_ = 0;    // so many frames, or 2^32 more
    std::uint32_t left_to_read_ = 0;   // once stopping
    std::uint32_t holders_ = 0;
    std::uint16_t turn_left_;   // frames
    coming comes_ = coming::all;
    bool is_lent_ = false;        // its block
    bool inside_frame_ = false;   // since frame_began_at_
    bool was_owed_ = false;       // during this wait for the peer, it has waited for us
};

// On the way of each request, so these are here.

// Whoever has memory of its own for a long frame goes on in that.
inline void inbound::borrow(buffer_pool& pool, bool is_short) {
    if (reader_.capacity() >= (is_short ? memory_account::allowance : max_kept_tail)) return;
    byte_buffer&& block = pool.lend(is_short);
    is_lent_ = true;   // and is given back, whatever becomes of it
    reader_.adopt(std::move(block));
}

inline mutable_bytes inbound::room(const frame_limits& by, buffer_pool& pool, bool is_short) {
    if (!is_lent_) borrow(pool, is_short);
    const mutable_bytes space = reader_.space(by.fill, is_short ? frame::growth::sparing : frame::growth::doubling);
    const std::size_t most = comes_ == coming::all ? by.turn_bytes
                                                   : std::min<std::size_t>(by.turn_bytes, left_to_read_);
    return space.first(std::min(space.size(), most));
}

inline void inbound::took(std::size_t count) noexcept {
    reader_.commit(count);
    if (comes_ != coming::all) left_to_read_ -= static_cast<std::uint32_t>(count);
}

// Nearly always nothing has begun.
inline void inbound::settle(buffer_pool& pool, bool is_short) {
    if (!is_lent_ || !reader_.unread().empty()) return settle_with_a_part(pool, is_short);
    is_lent_ = false;
    pool.give_back(reader_.discard());
}

}   // namespace hawser::io
