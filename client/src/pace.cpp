#include <hawser/client/pace.hpp>

#include <algorithm>
#include <cmath>

namespace hawser::client {

pace::pace(const load_shape& shape, const arrivals& how, const client& who)
    : shape_(shape), how_(how), who_(who), random_(who.seed) {}

std::optional<io::duration> pace::next() {
    const std::optional<io::duration> due = shape_.due(others_before());
    ++sent_;
    return due;
}

double pace::others_before() {
    if (how_.how == arrivals::kind::poisson) {
        // Many independent processes of a small rate are one of the sum of their rates.
        at_random_ += std::exponential_distribution<>()(random_) * who_.of;
        return at_random_;
    }
    const double turn = static_cast<double>(sent_) * who_.of + (who_.number - 1);
    const double burst = std::max<std::uint32_t>(how_.burst, 1);
    return how_.how == arrivals::kind::bursts ? std::floor(turn / burst) * burst : turn;
}

}  // namespace hawser::client
