// accept_pause: how long an accept loop pauses after what happened to it. It knows no socket and no clock.
//
//   if (const io::duration pause = pauses.after(error); pause > pause.zero()) co_await ...;
//
// A failure of the system's pauses at once. What befell one connection only, or turned one away while nobody can
// be let in, pauses when there were `burst` of them on end: so that those who wait are turned away soon, and a
// flood of them does not take the thread. The first pause is 10 ms, each further one twice as long, up to 500 ms;
// letting one in begins anew.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/clock.hpp>

#include <algorithm>
#include <chrono>

namespace hawser::inline v0::server {

class accept_pause {
public:
    static constexpr io::duration first_pause = std::chrono::milliseconds(10);
    static constexpr io::duration longest_pause = std::chrono::milliseconds(500);
    /// With the longest pause between them some 500 a second, which is little work.
    static constexpr unsigned burst = 256;

    /// What to wait before the next accept; zero: nothing.
    [[nodiscard]] io::duration after(const error_code& error) noexcept;

private:
    io::duration next_ = first_pause;
    unsigned on_end_ = 0;
};

/// accept() took away one connection that was broken before it was accepted, or handed over its error: others are not
/// concerned.
[[nodiscard]] bool concerns_one_connection(const error_code& error) noexcept;
/// The process or the system has no descriptor left.
[[nodiscard]] bool is_out_of_descriptors(const error_code& error) noexcept;

}   // namespace hawser::server
