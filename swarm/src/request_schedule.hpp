// request_schedule: when one client of a swarm has to send its requests: by the rate of the plan, or an interval after
// the last one.
//
//   while (schedule.has_next() && schedule.due() <= now) { send(); schedule.sent(now); }
#pragma once

#include "swarm_state.hpp"

#include <hawser/swarm/pace.hpp>

#include <cstdint>
#include <optional>

namespace hawser::inline v0::swarm {

class request_schedule {
public:
    /// The state and the random source must outlive it. `number` is that of the client.
    request_schedule(const swarm_state& state, std::uint32_t number, random_source& random);

    /// When the client first connects.
    [[nodiscard]] io::time_point connects_at() const noexcept { return connects_at_; }
    [[nodiscard]] bool has_rate() const noexcept { return pace_.has_value(); }
    /// There is one more request, and due() is when.
    [[nodiscard]] bool has_next();
    [[nodiscard]] io::time_point due() const noexcept { return *due_; }
    /// The next request was sent.
    void sent(io::time_point now) noexcept;
    /// How many of the requests that are due before then were not sent. Without a rate, all that are left of a count
    /// are due at the end, which is never.
    [[nodiscard]] std::uint64_t unsent(io::time_point due_before) const;

private:
    const swarm_state& state_;
    std::optional<pace> pace_;
    io::time_point connects_at_;
    std::uint64_t count_ = 0;             // requests that were sent
    std::optional<io::time_point> due_;   // the request after those
    io::time_point last_sent_at_{};
};

}   // namespace hawser::swarm
