#include <hawser/swarm/pace.hpp>

#include <algorithm>
#include <cmath>

namespace hawser::swarm {

namespace {

// As in the shape: what the arithmetic may be wrong by.
constexpr double share_lost = 1e-9;
// More than anybody counts, and a double counts so far.
constexpr double most_turns = 9e15;

double next_whole(double count) { return std::ceil(count * (1 - share_lost)); }

}  // namespace

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

// Of the whole swarm, in the order in which they are due; a burst that has begun is due as a whole.
double pace::turns_before(io::duration end) const {
    const double burst = how_.how == arrivals::kind::bursts ? std::max<std::uint32_t>(how_.burst, 1) : 1;
    const double begun = next_whole(shape_.requests_before(end) / burst) * burst;
    return std::min({begun, next_whole(shape_.requests_before(load_shape::for_ever)), most_turns});
}

std::uint64_t pace::left(io::duration begin, io::duration end) const {
    if (how_.how == arrivals::kind::poisson) {
        const double from = std::max(at_random_, shape_.requests_before(begin));
        const double mean = (std::min(shape_.requests_before(end), most_turns) - from) / who_.of;
        random_source same = random_;
        return mean > 0 ? std::poisson_distribution<std::uint64_t>(mean)(same) : 0;
    }
    // Of turns number - 1, number - 1 + of, ... those before the given one.
    const auto own_before = [this](double turns) { return std::max(0.0, std::ceil((turns - (who_.number - 1)) / who_.of)); };
    const double from = std::max(static_cast<double>(sent_), own_before(turns_before(begin)));
    return static_cast<std::uint64_t>(std::max(0.0, own_before(turns_before(end)) - from));
}

}  // namespace hawser::swarm
