#include "estimate.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hawser::swarm_program {

namespace {

constexpr double certainty = 0.99;

double square(double value) { return value * value; }

}   // namespace

std::optional<estimate> estimate::from_samples(std::span<const double> samples) {
    if (samples.size() < fewest_samples) return std::nullopt;
    const auto count = static_cast<double>(samples.size());
    const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / count;
    double squares = 0;
    double with_next = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        squares += square(samples[i] - mean);
        if (i > 0) with_next += (samples[i - 1] - mean) * (samples[i] - mean);
    }
    // Samples that are all the same still differ from their mean, each by the same rounding error.
    constexpr double rounding = 1e-12;
    if (squares <= count * square(rounding * mean)) squares = with_next = 0;
    // A series that swings (a negative correlation) does not count as more samples: short ones often look so by chance.
    const double alike = squares > 0 ? std::max(0.0, with_next / squares) : 0;
    const double independent = count * (1 - alike) / (1 + alike);
    if (independent < fewest_independent) return std::nullopt;
    return estimate{.mean = mean, .variance_of_mean = squares / (count - 1) / independent, .freedom = independent - 1};
}

double margin(const estimate& one, const estimate& other) {
    const double variance = one.variance_of_mean + other.variance_of_mean;
    if (!(variance > 0)) return 0;
    const double freedom = square(variance) / (square(one.variance_of_mean) / one.freedom +
                                               square(other.variance_of_mean) / other.freedom);
    return quantile(boost::math::students_t(freedom), (1 + certainty) / 2) * std::sqrt(variance);
}

}   // namespace hawser::swarm_program
