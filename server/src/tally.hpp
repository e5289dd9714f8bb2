// tally: what came of the sessions of one thread, counted there and told to whoever makes the report.
#pragma once

#include "session.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace hawser::inline v0::server {

struct report;

/// A number that one thread adds to, and any may read.
class counter {
public:
    void add(std::uint64_t more) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

class tally {
public:
    // On its thread.

    void add_ended(const session& one) noexcept;
    void add_cut(const session::cut_result& of) noexcept;
    /// Of what was published: given to a session; and not, because this thread was late or the session had no room
    /// and its policy is to wait.
    void add_published(std::uint64_t given, std::uint64_t lost) noexcept;
    /// Of those that are left everything is known now.
    void all_are_cut() noexcept { are_cut_.store(true, std::memory_order_release); }
    [[nodiscard]] bool are_cut() const noexcept { return are_cut_.load(std::memory_order_relaxed); }

    /// Any thread. Of one that a handler still blocks nothing is known but how many sessions it
    /// has: all of them are forced.
    void add_to(report& sum, std::size_t open) const noexcept;

private:
    struct pushes {
        counter waited, dropped_newest, dropped_oldest, coalesced, timed_out, closed;
    };

    counter frames_in_;
    counter frames_out_;
    counter bytes_in_;
    counter bytes_out_;
    pushes pushes_;
    counter forced_;
    counter unanswered_;
    counter published_;
    counter lost_;
    std::atomic<bool> are_cut_{false};
};

}   // namespace hawser::server
