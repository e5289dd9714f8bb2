// frame_limits: what bounds one connection.
#pragma once

#include <hawser/frame/reader.hpp>
#include <hawser/io/clock.hpp>

#include <chrono>
#include <cstddef>

namespace hawser::io {

/// A duration of zero turns that time-out off.
struct frame_limits {
    std::size_t outbound_cap = 1024 * 1024;                       ///< bytes that wait to be written; at least a frame
    duration first_frame_timeout = std::chrono::seconds(10);      ///< from the start to the end of the first frame
    duration frame_timeout = std::chrono::seconds(30);            ///< from the first to the last byte of a frame
    duration idle_timeout = std::chrono::seconds(60);             ///< silence between frames, with nothing under way
    duration write_stall_timeout = std::chrono::seconds(30);      ///< the peer takes not one byte of what waits
    frame::fill fill = frame::fill::greedy;                       ///< how much to read at a time
};

}  // namespace hawser::io
