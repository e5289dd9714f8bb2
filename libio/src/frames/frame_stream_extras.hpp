// What only some connections have: made when somebody first waits for the peer to take something, when the user sets a deadline,
// or an owner wants to be told. Every connection that waits would carry it along.
#pragma once

#include <hawser/io/frame_stream.hpp>

#include "flusher.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace hawser::io {

// The body of an answer, or a frame to be offered.
struct frame_stream::outgoing_message {
    bytes body;
    const frame::shared_frame* pushed = nullptr;
    frame::label as;
};

struct frame_stream::extras {
    // Somebody who waits for room, in turn. Its coroutine may be destroyed while it waits, hence auto_unlink.
    struct sender : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {};

    explicit extras(const executor& where) : running(where), changed(where) {}

    [[nodiscard]] bool holds_elsewhere() const noexcept { return memory_account::charge(held_elsewhere) > 0; }

    group running;   // the writer
    event changed;   // room, written, failed: whoever waits looks again
    boost::intrusive::list<sender, boost::intrusive::constant_time_size<false>> senders;
    time_point user_read_deadline = time_point::max();
    time_point user_write_deadline = time_point::max();
    time_point stalled_at = time_point::max();   // when the window on the peer's progress ends
    std::uint64_t window_began = 0;              // after so many bytes that the kernel took
    std::size_t window_unsent = 0;               // what it had then, and the peer had not
    std::size_t held_elsewhere = 0;
    time_point paused_at = time_point::max();    // while it is in line for memory
    duration paused{};                           // before the read that is to come
    std::uint64_t goes_on_in = 0;                // the frame for which it brought much in its last turn, from 1
    std::size_t turn_left = 0;                   // bytes that it may still read in its turn
    callback tell;
};

inline bool frame_stream::has_senders() const noexcept { return extras_ && !extras_->senders.empty(); }

inline time_point frame_stream::user_read_deadline() const noexcept {
    return extras_ ? extras_->user_read_deadline : time_point::max();
}

inline void frame_stream::wake_waiting() noexcept {
    if (extras_) extras_->changed.notify();
}

// With something that is not to be given back before the peer does something. Few have that, and the clock is read for them alone.
inline void frame_stream::begin_wait_for_peer() noexcept {
    if (memory_.counts() && !memory_.is_kept()) memory_.begin_wait(clock::now());
}

inline void frame_stream::note_progress(std::size_t bytes) noexcept {
    if (memory_.is_kept()) memory_.progress(bytes, clock::now());
}

// Tells the thread's account what it holds now. For each frame; and each frame that is shared takes some memory of its own.
inline void frame_stream::account() noexcept {
    const std::size_t elsewhere = extras_ ? extras_->held_elsewhere : 0;
    const std::size_t holds = reader_.capacity() + outbox_.capacity() + elsewhere;
    if (holds != memory_.bytes()) memory_.become(flusher_.memory(), holds, outbox_.shared());
}

}  // namespace hawser::io
