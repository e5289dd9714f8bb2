// histogram: how long things took, in fixed memory, with three significant digits up to 68 seconds.
//
//   latencies.record(now - sent_at);
//   latencies.percentile(0.99);
//
// Log-linear: every power of two is cut into as many buckets, and values so small that a bucket would be narrower than a nanosecond
// have one each. Two of the same precision add up to one, whichever run or machine they are of.
#pragma once

#include <hawser/io/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hawser::swarm {

class histogram {
public:
    /// How finely a power of two is cut. What a percentile says is too much by this part of it at most.
    enum class precision : unsigned char {
        coarse = 5,    ///< 1/32; 8 KiB, for very many of them
        fine = 10,     ///< 1/1024; 216 KiB
    };

    histogram() : histogram(precision::fine) {}
    explicit histogram(precision with);

    /// Negative durations count as zero, those over the range as its end.
    void record(io::duration took) noexcept { record(took, 1); }
    void record(io::duration took, std::uint64_t times) noexcept;   ///< the same so many times
    /// Both have the same precision.
    void merge(const histogram& other) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The largest value, exact.
    [[nodiscard]] io::duration max() const noexcept { return max_; }
    /// The value that this share (0 to 1) of the records does not exceed, rounded up by the precision at most; 0 if empty.
    [[nodiscard]] io::duration percentile(double share) const noexcept;

    /// What has been recorded: the largest value of each bucket that is not empty, and how many are in it. Recording all of
    /// these makes the same histogram again, but for max(), which is the last of them or less.
    [[nodiscard]] std::vector<std::pair<io::duration, std::uint64_t>> buckets() const;
    /// The same again, with its exact maximum.
    [[nodiscard]] static histogram of(const std::vector<std::pair<io::duration, std::uint64_t>>& buckets, io::duration max,
                                      precision with = precision::fine);

private:
    [[nodiscard]] std::size_t bucket_of(std::uint64_t value) const noexcept;
    [[nodiscard]] std::uint64_t top_of(std::size_t bucket) const noexcept;

    unsigned bits_;
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    io::duration max_{};
};

}  // namespace hawser::swarm
