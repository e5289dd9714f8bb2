// estimate: what a series of samples says of its mean, and how far two of them have to be apart to differ.
//
//   const auto before = estimate::of(rates_before), after = estimate::of(rates_after);
//   if (before && after && std::abs(after->mean - before->mean) > margin(*before, *after)) ...   // they differ
//
// Welch's t-test, at 99 %. Samples that follow one another are alike (a cache that fills, a neighbour on the machine), so many of
// them say less than as many that know nothing of each other: they count as fewer, by the correlation of each with the next. Pure.
#pragma once

#include <optional>
#include <span>

namespace hawser::swarm_program {

struct estimate {
    /// With fewer, how much each sample says of the next is not known.
    static constexpr std::size_t fewest_samples = 8;
    /// And with less than these left over of the samples, they are a trend, not a mean with noise.
    static constexpr double fewest_independent = 3;

    double mean = 0;
    double variance_of_mean = 0;
    double freedom = 0;   ///< degrees of it: independent samples, less one

    /// None: they are too few to say anything.
    [[nodiscard]] static std::optional<estimate> of(std::span<const double> samples);
};

/// Means that are not further apart may well be the same: of a hundred pairs that are, one is further apart.
[[nodiscard]] double margin(const estimate& one, const estimate& other);

}  // namespace hawser::swarm_program
