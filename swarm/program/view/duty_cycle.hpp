// duty_cycle: limits work to a share of the time: it is due again when enough time has passed since it was last done.
//
//   duty_cycle counting(50);                                // a fiftieth
//   if (counting.is_due(now)) {
//       count();
//       counting.took(io::thread_time() - before, now);     // processor time, as waiting is no work
//   }
//
// Pure: time is an argument.
#pragma once

#include <hawser/io/clock.hpp>

#include <algorithm>

namespace hawser::swarm_program {

class duty_cycle {
public:
    /// The work may take one part in so many; more than 0.
    explicit duty_cycle(int parts) noexcept : parts_(parts) {}

    [[nodiscard]] bool is_due(io::time_point now) const noexcept { return now >= due_; }
    void took(io::duration time, io::time_point now) noexcept {
        due_ = io::after(now, parts_ * std::max(time, io::duration::zero()));
    }

private:
    int parts_;
    io::time_point due_ = io::time_point::min();
};

}   // namespace hawser::swarm_program
