// What only some connections have: made when somebody first waits for his peer to take something, when the user sets a deadline,
// or an owner wants to be told. Every connection that waits would carry it along.
#pragma once

#include <hawser/io/frame_stream.hpp>

#include "flusher.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace hawser::io {

struct frame_stream::extras {
    explicit extras(const executor& where) : running(where), changed(where) {}

    group running;   // the writer
    event changed;   // room, written, failed: whoever waits looks again
    boost::intrusive::list<sender, boost::intrusive::constant_time_size<false>> senders;
    time_point user_read_deadline = time_point::max();
    time_point user_write_deadline = time_point::max();
    time_point stalled_at = time_point::max();   // when the window on the peer's progress ends
    std::uint64_t window_began = 0;              // after so many bytes that the kernel took
    std::size_t window_unsent = 0;               // what it had then, and the peer had not
    std::size_t held_elsewhere = 0;
    void (*tell)(void*) = nullptr;
    void* told = nullptr;
};

inline bool frame_stream::has_senders() const noexcept { return extras_ && !extras_->senders.empty(); }

inline time_point frame_stream::user_read_deadline() const noexcept {
    return extras_ ? extras_->user_read_deadline : time_point::max();
}

inline void frame_stream::wake_waiting() noexcept {
    if (extras_) extras_->changed.notify();
}

// Tells the thread's account what it holds now.
inline void frame_stream::account() noexcept {
    const std::size_t holds = reader_.capacity() + outbox_.capacity();
    if (holds != held_bytes_) flusher_.memory().change(std::exchange(held_bytes_, holds), holds);
}

}  // namespace hawser::io
