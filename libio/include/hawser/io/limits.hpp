// frame_limits: what bounds one connection.
#pragma once

#include <hawser/frame/reader.hpp>
#include <hawser/io/clock.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace hawser::inline v0::io {

/// A duration of zero turns that time-out off.
struct frame_limits {
    std::size_t outbound_cap = 1024 * 1024;                    ///< bytes that wait to be written; at least a frame
    duration first_frame_timeout = std::chrono::seconds(10);   ///< from the start to the end of the first frame
    duration frame_timeout = std::chrono::seconds(30);         ///< from the first to the last byte of a frame
    duration idle_timeout = std::chrono::seconds(60);          ///< silence between frames, with nothing under way
    duration write_stall_timeout = std::chrono::seconds(30);   ///< the peer takes less than
                                                               ///< `write_progress` meanwhile
    /// Bytes that a peer must take of what waits for it in each write_stall_timeout, or all of it. 1 KiB in 30 s is 34
    /// bytes a second: slower than any link that people use, and too fast for who only wants to keep our memory.
    std::size_t write_progress = 1024;
    duration push_timeout = std::chrono::seconds(5);   ///< a push whose policy is to wait for room
    /// Frames handled in one turn before the other connections of the thread have theirs. 64 of them take some 5
    /// microseconds, and letting go costs one turn of the loop, as much as a few of them. 1 to 65,535.
    std::size_t turn_frames = 64;
    std::size_t turn_bytes = 64 * 1024;       ///< bytes read in one turn; at least 1
    frame::fill fill = frame::fill::greedy;   ///< how much to read at a time
};

/// The limits of many connections, kept once, and made whole: what must be at least something is, so that the longest
/// frame can be sent. Throws std::bad_alloc.
[[nodiscard]] std::shared_ptr<const frame_limits> shared_limits(frame_limits limits, std::size_t max_frame);

}   // namespace hawser::io
