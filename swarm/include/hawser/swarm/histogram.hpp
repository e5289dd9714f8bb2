// histogram: how long things took, in fixed memory, with three significant digits up to 68 seconds.
//
//   latencies.record(now - sent_at);
//   latencies.percentile(0.99);
//
// Log-linear: every power of two is cut into the same number of buckets; values so small that a bucket would be
// narrower than a nanosecond have one each. Histograms of the same precision can be merged, whatever run or machine
// they come from.
#pragma once

#include <hawser/io/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hawser::inline v0::swarm {

class histogram {
public:
    /// How finely a power of two is cut, and so by which share a percentile is too high at most.
    enum class precision : unsigned char {
        coarse = 5,   ///< 1/32; 8 KiB, for very many histograms
        fine = 10,    ///< 1/1024; 216 KiB
    };

    histogram() : histogram(precision::fine) {}
    explicit histogram(precision bits);

    /// Negative durations count as zero, those over the range as its end.
    void record(io::duration took) noexcept { record(took, 1); }
    void record(io::duration took, std::uint64_t times) noexcept;   ///< as many times
    /// Adds another one of the same precision.
    void merge(const histogram& other) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The largest value, exact.
    [[nodiscard]] io::duration max() const noexcept { return max_; }
    /// The value that this share (0 to 1) of the records does not exceed, rounded up to its bucket; 0 if empty.
    [[nodiscard]] io::duration percentile(double share) const noexcept;

    /// The largest value of each bucket that is not empty, and how many values are in it. Recording these makes the
    /// same histogram again, but for max(), which is at most the last of them.
    [[nodiscard]] std::vector<std::pair<io::duration, std::uint64_t>> buckets() const;
    /// The inverse of buckets(), with the exact maximum.
    [[nodiscard]] static histogram from_buckets(const std::vector<std::pair<io::duration, std::uint64_t>>& buckets,
                                                io::duration max, precision bits = precision::fine);

private:
    [[nodiscard]] std::size_t bucket_of(std::uint64_t value) const noexcept;
    [[nodiscard]] std::uint64_t top_of(std::size_t bucket) const noexcept;

    unsigned bits_;
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    io::duration max_{};
};

}   // namespace hawser::swarm
