// back_off: how long to wait before the next attempt to connect. Exponential, with jitter.
//
//   back_off pauses({.first = 100ms, .most = 30s});
//   co_await io::sleep(pauses.next(random.fraction()));     // after each attempt that failed
//   pauses.lived(how_long);                                 // when a connection has ended: a good one starts all over
//
// Pure: time and chance are arguments.
#pragma once

#include <hawser/io/clock.hpp>

#include <chrono>
#include <cstdint>

namespace hawser::inline v0::client {

/// How a back_off waits.
struct back_off_options {
    /// The longest first delay: about what a server takes to come back that was only restarted.
    io::duration first = std::chrono::milliseconds(100);
    /// Each delay may be twice as long as the one before, up to this: so long after an outage the last one is back.
    io::duration most = std::chrono::seconds(30);
    /// The share of a delay that chance takes off, 0 to 1. With all of it ("full jitter") those who lost a server in
    /// the same instant come back evenly spread, with the fewest attempts in all.
    double jitter = 1;
    /// A connection that lived so long was a good one. A shorter one counts as a failed attempt, or a server that
    /// accepts and closes would be dialled without a pause.
    io::duration good_after = std::chrono::seconds(10);
};

class back_off {
public:
    explicit back_off(const back_off_options& settings) noexcept;

    /// The delay before the next attempt. `chance` is 0 to 1, 1 not included, and drawn anew each time.
    [[nodiscard]] io::duration next(double chance) noexcept;
    /// A connection has ended after this time.
    void lived(io::duration how_long) noexcept;

    /// Delays since the last good connection.
    [[nodiscard]] std::uint32_t attempts() const noexcept { return attempts_; }

private:
    back_off_options settings_;
    io::duration longest_;   // that the next delay may be
    std::uint32_t attempts_ = 0;
};

}   // namespace hawser::client
