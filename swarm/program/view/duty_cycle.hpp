// duty_cycle: what takes a while is done again when that was no more than a given share of the time.
//
//   duty_cycle counting(50);                                // a fiftieth
//   if (counting.is_due(now)) {
//       count();
//       counting.took(io::thread_time() - before, now);     // processor time: who is kept waiting has done nothing
//   }
//
// Pure: time is an argument.
#pragma once

#include <hawser/io/clock.hpp>

#include <algorithm>

namespace hawser::swarm_program {

class duty_cycle {
public:
    /// One part in so many; more than 0.
    explicit duty_cycle(int parts) noexcept : parts_(parts) {}

    [[nodiscard]] bool is_due(io::time_point now) const noexcept { return now >= due_; }
    void took(io::duration time, io::time_point now) noexcept { due_ = io::after(now, parts_ * std::max(time, io::duration::zero())); }

private:
    int parts_;
    io::time_point due_ = io::time_point::min();
};

}  // namespace hawser::swarm_program
