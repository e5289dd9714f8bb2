// histogram: how long things took, in fixed memory, with three significant digits up to 68 seconds.
//
//   latencies.record(now - sent_at);
//   latencies.percentile(0.99);
//
// Log-linear: values below 2048 ns have a bucket each; every power of two above is cut into 1024.
#pragma once

#include <hawser/io/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hawser::client {

class histogram {
public:
    histogram();

    /// Negative durations count as zero, those over the range as its end.
    void record(io::duration took) noexcept;
    void merge(const histogram& other) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The largest value, exact.
    [[nodiscard]] io::duration max() const noexcept { return max_; }
    /// The value that this share (0 to 1) of the records does not exceed, rounded up by 0.1 % at most; 0 if empty.
    [[nodiscard]] io::duration percentile(double share) const noexcept;

private:
    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    io::duration max_{};
};

}  // namespace hawser::client
