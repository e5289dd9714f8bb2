// held_memory: what a connection holds of its thread's memory, and for how long its peer has kept
// it from giving that back.
//
//   held.become(account, bytes);    // whenever that changes: it is charged
//   held.begin_wait(now);           // for the peer
//   held.progress(bytes, now);      // that have come or left
//   held.kept_for(now)
//
// Pure but for the account: time is an argument.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/memory_budget.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace hawser::inline v0::io {

class held_memory {
public:
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// Whether it is more than everybody may hold.
    [[nodiscard]] bool counts() const noexcept { return since_ != never; }

    /// `shared` are bytes of frames that others may hold too: charged elsewhere, but kept as well.
    void become(memory_account& account, std::size_t bytes, std::size_t shared = 0) noexcept {
        account.change(memory_account::charge(bytes_), memory_account::charge(bytes));
        bytes_ = bytes;
        if (memory_account::charge(bytes) == 0 && memory_account::charge(shared) == 0) since_ = never;
        else if (since_ == never) since_ = not_yet;
    }

    // From the first wait for the peer with something in its hands.

    [[nodiscard]] bool is_kept() const noexcept { return since_ < not_yet; }
    /// The peer is waited for; the first time counts.
    void begin_wait(time_point now) noexcept {
        if (since_ == not_yet) since_ = now;
    }
    /// How long it has been kept; 0 if nothing is.
    [[nodiscard]] duration kept_for(time_point now) const noexcept {
        return is_kept() ? std::max(now - since_, duration::zero()) : duration::zero();
    }
    /// By bytes: a peer that moves one now and then only seems to get on.
    void progress(std::size_t bytes, time_point now) noexcept {
        if (is_kept()) since_ = std::min(now, since_ + bought_by_a_byte * static_cast<duration::rep>(bytes));
    }
    /// It was kept waiting by us, and not by its peer.
    void excuse(duration pause) noexcept {
        if (is_kept()) since_ += pause;
    }

private:
    static constexpr time_point never = time_point::max();       // it does not count
    static constexpr time_point not_yet = never - duration(1);   // it has not waited with it
    // Whoever makes 64 KiB a second of progress keeps nothing for long, however much it is.
    static constexpr duration bought_by_a_byte = std::chrono::microseconds(15);

    std::size_t bytes_ = 0;
    time_point since_ = never;
};

/// What a connection would give back at once if it ended, and for how long it has been kept.
struct kept_memory {
    std::size_t bytes = 0;
    duration age{};
};

}   // namespace hawser::io
