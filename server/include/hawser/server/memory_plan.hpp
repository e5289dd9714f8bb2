// memory_plan: what a server may take of memory, computed from its config before it starts.
//
//   memory: 5.9 GiB = 20.0 MiB fixed + 10000 connections x 6.0 KiB + 5.8 GiB for what peers can make grow
//
// It is memory of the process; what the kernel keeps for sockets is its own.
#pragma once

#include <cstddef>
#include <string>

namespace hawser::inline v0::server {

struct memory_plan {
    /// What a connection that waits takes: session, coroutine, timers, its share of tables. Measured at 2 KiB at
    /// most (docs/decisions/session-size.md); the rest is what it may always hold, a page
    /// (io::memory_account::allowance).
    static constexpr std::size_t per_connection = 6 * 1024;
    /// The program, its libraries and the log.
    static constexpr std::size_t of_program = 16 * 1024 * 1024;
    /// A thread: what it has touched of its stack, the blocks that its pool keeps or lends for a
    /// turn, Asio's recycled memory.
    static constexpr std::size_t of_thread = 2 * 1024 * 1024;

    std::size_t budget = 0;   ///< all of it
    std::size_t threads = 0;
    std::size_t connections = 0;   ///< at most

    /// How many connections the budget has room for beside one frame of `max_frame` bytes, if
    /// they get half of it at most.
    [[nodiscard]] std::size_t connections_within(std::size_t max_frame) const noexcept;
    /// How many threads it has room for beside the connections and one frame of `max_frame` bytes, if they and the
    /// program get three quarters of it at most.
    [[nodiscard]] std::size_t threads_within(std::size_t max_frame) const noexcept;
    /// Throws std::invalid_argument, with the arithmetic, if `budget` does not hold the fixed part, all connections,
    /// and one frame of `max_frame` bytes while it arrives, or if no buffer holds such a frame. Connections that nobody
    /// has asked for are not told.
    void check(std::size_t max_frame, bool connections_were_asked_for = true) const;

    // As much as there is a number for, if it is more.

    /// For all of it, and one frame of `max_frame` bytes while it arrives.
    [[nodiscard]] std::size_t needed(std::size_t max_frame) const noexcept;
    [[nodiscard]] std::size_t fixed() const noexcept;            ///< whatever connections there are
    [[nodiscard]] std::size_t of_connections() const noexcept;   ///< of all of them while they wait
    /// What is left for unfinished frames, lent buffers and bytes that wait to be written; 0 if nothing is.
    [[nodiscard]] std::size_t pool() const noexcept;
    /// One line, as above.
    [[nodiscard]] std::string text() const;
};

}   // namespace hawser::server
