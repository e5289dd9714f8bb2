// estimate: the mean of a series of samples, and how far the means of two series have to be apart to differ.
//
//   const auto before = estimate::from_samples(rates_before), after = estimate::from_samples(rates_after);
//   if (before && after && std::abs(after->mean - before->mean) > margin(*before, *after)) ...   // they differ
//
// Welch's t-test, at 99 %. Samples that follow one another are alike (a cache that fills, a neighbour on the machine),
// so they say less than the same number of independent samples. They count as fewer, by the correlation of each with
// the next. Pure.
#pragma once

#include <optional>
#include <span>

namespace hawser::swarm_program {

struct estimate {
    /// With fewer, the correlation of each sample with the next is not known.
    static constexpr std::size_t fewest_samples = 8;
    /// If they count as fewer independent samples than this, they are a trend, not a mean with noise.
    static constexpr double fewest_independent = 3;

    double mean = 0;
    double variance_of_mean = 0;
    double freedom = 0;   ///< degrees of freedom: independent samples, less one

    /// None: there are too few of them.
    [[nodiscard]] static std::optional<estimate> from_samples(std::span<const double> samples);
};

/// Means that are closer than this may well be the same: of a hundred pairs that are, one is further apart.
[[nodiscard]] double margin(const estimate& one, const estimate& other);

}   // namespace hawser::swarm_program
