// What only some connections have: made when somebody first waits for the peer to take something, when the user sets a
// deadline, or an owner wants to be told. Every connection that waits would carry it along.
#pragma once

#include <hawser/io/frame_stream.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/waiting_line.hpp>

#include "flusher.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hawser::inline v0::io {

// The body of an answer, or a frame to be offered.
struct frame_stream::outgoing_message {
    bytes body;
    const frame::shared_frame* pushed = nullptr;
    frame::label as;
};

struct frame_stream::extras {
    explicit extras(const executor& where) : running(where), changed(where), senders(where) {}

    [[nodiscard]] bool holds_elsewhere() const noexcept { return memory_account::charge(held_elsewhere) > 0; }

    group running;          // the writer
    event changed;          // written, failed, nothing is held elsewhere: whoever waits looks again
    waiting_line senders;   // who wait for room
    time_point user_read_deadline = time_point::max();
    time_point user_write_deadline = time_point::max();
    progress_window window;   // while the writer waits
    std::size_t held_elsewhere = 0;
    time_point paused_at = time_point::max();   // while it is in line for memory
    duration paused{};                          // before the read that is to come
    std::uint64_t goes_on_in = 0;               // the frame for which it brought much in its last turn, from 1
    std::size_t turn_left = 0;                  // bytes that it may still read in its turn
    callback tell;
};

inline bool frame_stream::has_senders() const noexcept { return extras_ && !extras_->senders.empty(); }

inline time_point frame_stream::user_read_deadline() const noexcept {
    return extras_ ? extras_->user_read_deadline : time_point::max();
}

inline bool frame_stream::must_pause() const noexcept {
    return flusher_.memory().is_short() && (memory_.counts() || memory_.bytes() >= memory_account::allowance);
}

// The read that is under way, or comes, ends at the earlier of both.
inline void frame_stream::limit_read() noexcept {
    stream_.set_read_deadline(std::min(user_read_deadline(), in_.latest()));
}

// Of those who wait for room the first is enough: it wakes the next.
inline void frame_stream::wake_waiting() noexcept {
    if (!extras_) return;
    extras_->changed.notify();
    extras_->senders.wake_first();
}

// Whatever there is to say to one is to be said to all.
inline void frame_stream::wake_all_waiting() noexcept {
    if (!extras_) return;
    extras_->changed.notify();
    extras_->senders.wake_all();
}

// With something that is not to be given back before the peer does something. Few have that, and the
// clock is read for them alone.
inline void frame_stream::begin_wait_for_peer() noexcept {
    if (memory_.counts() && !memory_.is_kept()) memory_.begin_wait(clock::now());
}

inline void frame_stream::note_progress(std::size_t bytes) noexcept {
    if (memory_.is_kept()) memory_.progress(bytes, clock::now());
}

// Tells the thread's account what it holds now. For each frame; and each frame that is shared
// takes some memory of its own.
inline void frame_stream::account() noexcept {
    const std::size_t elsewhere = extras_ ? extras_->held_elsewhere : 0;
    const std::size_t holds = in().capacity() + out().capacity() + elsewhere;
    if (holds != memory_.bytes()) memory_.become(flusher_.memory(), holds, out().shared());
}

}   // namespace hawser::io
