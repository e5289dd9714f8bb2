#include <hawser/swarm/pace.hpp>

#include <algorithm>
#include <cmath>

namespace hawser::inline v0::swarm {

namespace {

// The error of the arithmetic, as in load_shape.
constexpr double share_lost = 1e-9;
// As far as a double counts exactly.
constexpr double most_turns = 9e15;

double next_whole(double count) { return std::ceil(count * (1 - share_lost)); }

}   // namespace

pace::pace(const load_shape& shape, const hawser::swarm::arrivals& arrivals, const client& own, random_source& random)
    : shape_(shape), arrivals_(arrivals), client_(own), random_(random) {}

std::optional<io::duration> pace::next() {
    if (arrivals_.pattern == arrival_pattern::poisson) {
        // Independent Poisson processes add up to one with the sum of their rates.
        poisson_turn_ += std::exponential_distribution<>()(random_) * client_.clients;
        return shape_.due(poisson_turn_);
    }
    const double turn = static_cast<double>(sent_++) * client_.clients + (client_.number - 1);
    const std::optional<io::duration> alone = shape_.due(turn);
    if (arrivals_.pattern == arrival_pattern::even || !alone) return alone;
    const double burst = std::max<std::uint32_t>(arrivals_.burst, 1);
    return shape_.due(std::floor(turn / burst) * burst);
}

// How many requests of the whole swarm are due before then. A burst that has begun is due as a whole.
double pace::turns_before(io::duration end) const {
    const double burst = arrivals_.pattern == arrival_pattern::bursts ? std::max<std::uint32_t>(arrivals_.burst, 1) : 1;
    const double begun = next_whole(shape_.requests_before(end) / burst) * burst;
    return std::min({begun, next_whole(shape_.requests_before(load_shape::for_ever)), most_turns});
}

std::uint64_t pace::left(io::duration begin, io::duration end) const {
    if (arrivals_.pattern == arrival_pattern::poisson) {
        const double from = std::max(poisson_turn_, shape_.requests_before(begin));
        const double mean = (std::min(shape_.requests_before(end), most_turns) - from) / client_.clients;
        random_source same = random_;
        return mean > 0 ? std::poisson_distribution<std::uint64_t>(mean)(same) : 0;
    }
    // This client has the turns number - 1, number - 1 + clients, ...: how many of them come before the given one.
    const auto own_before = [this](double turns) {
        return std::max(0.0, std::ceil((turns - (client_.number - 1)) / client_.clients));
    };
    const double from = std::max(static_cast<double>(sent_), own_before(turns_before(begin)));
    return static_cast<std::uint64_t>(std::max(0.0, own_before(turns_before(end)) - from));
}

}   // namespace hawser::swarm
