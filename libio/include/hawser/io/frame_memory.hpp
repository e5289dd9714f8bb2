// frame_memory: what a frame_stream holds for its peer while others lack memory: see memory_budget.hpp. A view of it,
// for who keeps the connections of a thread within their budget; on its thread.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/held_memory.hpp>
#include <hawser/io/memory_budget.hpp>

#include <cstddef>

namespace hawser::inline v0::io {

class frame_stream;

class frame_memory {
public:
    explicit frame_memory(frame_stream& of) noexcept : of_(of) {}

    [[nodiscard]] std::size_t bytes() const noexcept;   ///< that it holds, hold() included
    /// It holds something while memory is short: nothing more is to begin.
    [[nodiscard]] bool must_pause() const noexcept;
    /// How it stands in line for memory.
    [[nodiscard]] memory_account::turn::pausing pauses(event& wake) const;
    /// Counts what others hold for this peer, the copy of a body say, as its own; and while they do,
    /// silence of the peer is not idleness. After that it has the whole idle time-out again, at most twice
    /// that. Throws std::bad_alloc.
    void hold(std::size_t bytes) const;
    void release(std::size_t bytes) const noexcept;   ///< no more than was held
    /// What it would give back if it ended now; nothing if it has failed.
    [[nodiscard]] kept_memory keeps(time_point now) const noexcept;
    void compact() const noexcept;              ///< gives room back that holds nothing, if it waits for its peer
    void discard_input() const noexcept;        ///< frees what was read and not taken: nothing is read any more
    void shed(error_code why) const noexcept;   ///< fails, and what keeps() said is given back in this call

private:
    frame_stream& of_;
};

}   // namespace hawser::io
