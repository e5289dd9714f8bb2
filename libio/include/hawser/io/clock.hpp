// clock: the one source of time above this floor. Everything that waits or measures reads it here, so that time can be
// replaced in one place.
//
//   const auto deadline = io::clock::now() + 5s;
//   co_await io::sleep(100ms);
#pragma once

#include <hawser/io/task.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>
#include <stop_token>

namespace hawser::inline v0::io {

/// Of any length; 0 means none, or no limit, where that makes sense.
using duration = std::chrono::steady_clock::duration;

/// A steady clock: it never jumps, whatever happens to the time of day.
struct clock {
    using duration = io::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<clock>;
    static constexpr bool is_steady = true;
    [[nodiscard]] static time_point now() noexcept;   ///< as the system has it
};

using time_point = clock::time_point;   ///< an instant; time_point::max() means never

/// `how_long` after `from`; the end of time if that lies beyond it.
[[nodiscard]] constexpr time_point after(time_point from, duration how_long) noexcept {
    const bool beyond = how_long > duration::zero() && from > time_point::max() - how_long;
    return beyond ? time_point::max() : from + how_long;
}

/// Asio's timer, on this clock.
using timer = asio::basic_waitable_timer<clock, asio::wait_traits<clock>, executor>;

/// Suspends this task, and nothing else, for at least `how_long`.
[[nodiscard]] task<void> sleep(duration how_long);
/// The same until `stop` is requested, from any thread: true if the time is over, false if it was stopped.
[[nodiscard]] task<bool> sleep(duration how_long, std::stop_token stop);

}   // namespace hawser::io
