#include <hawser/client/pace.hpp>

#include <algorithm>
#include <cmath>

namespace hawser::client {

pace::pace(const load_shape& shape, const arrivals& how, const client& who, random_source& random)
    : shape_(shape), how_(how), who_(who), random_(random) {}

std::optional<io::duration> pace::next() {
    if (how_.how == arrivals::kind::poisson) {
        // Many independent processes of a small rate are one of the sum of their rates.
        at_random_ += std::exponential_distribution<>()(random_) * who_.of;
        return shape_.due(at_random_);
    }
    const double turn = static_cast<double>(sent_++) * who_.of + (who_.number - 1);
    const std::optional<io::duration> alone = shape_.due(turn);
    if (how_.how == arrivals::kind::even || !alone) return alone;
    const double burst = std::max<std::uint32_t>(how_.burst, 1);
    return shape_.due(std::floor(turn / burst) * burst);
}

}  // namespace hawser::client
