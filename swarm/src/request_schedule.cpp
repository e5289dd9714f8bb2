#include "request_schedule.hpp"

#include <algorithm>
#include <limits>

namespace hawser::inline v0::swarm {

request_schedule::request_schedule(const swarm_state& state, std::uint32_t number, random_source& random)
    : state_(state), connects_at_(state.begun_at + state.plan.connects_at(number)) {
    const plan& plan = state.plan;
    if (plan.rate) pace_.emplace(*plan.rate, plan.arrivals, pace::client{number, plan.clients}, random);
}

bool request_schedule::has_next() {
    const plan& plan = state_.plan;
    if (plan.count && count_ >= *plan.count) return false;
    if (due_) return true;
    if (pace_) {
        // What is due before a client connects is nobody's: the load grows with the swarm.
        std::optional<io::duration> at = pace_->next();
        while (at && state_.begun_at + *at < connects_at_) at = pace_->next();
        if (at) due_ = state_.begun_at + *at;
    } else {
        due_ = count_ == 0 ? state_.begun_at : last_sent_at_ + plan.interval;
    }
    return due_ && *due_ < state_.due_until;
}

void request_schedule::sent(io::time_point now) noexcept {
    last_sent_at_ = now;
    due_.reset();
    ++count_;
}

std::uint64_t request_schedule::unsent(io::time_point due_before) const {
    constexpr io::time_point never = swarm_state::never;
    const plan& plan = state_.plan;
    const std::uint64_t of_count = plan.count ? *plan.count - count_ : std::numeric_limits<std::uint64_t>::max();
    if (!pace_) return due_before == never && plan.count ? of_count : 0;
    if (due_ && *due_ >= due_before) return 0;   // those after it are due later
    const io::duration end = due_before == never ? load_shape::for_ever : due_before - state_.begun_at;
    return std::min(of_count, (due_ ? 1 : 0) + pace_->left(connects_at_ - state_.begun_at, end));
}

}   // namespace hawser::swarm
