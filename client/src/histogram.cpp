#include <hawser/client/histogram.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace hawser::client {

namespace {

constexpr unsigned fine_bits = 10;                       // 1024 buckets for each power of two: better than 0.1 %
constexpr unsigned range_bits = 36;                      // 2^36 ns are 68.7 s
constexpr std::uint64_t largest = (std::uint64_t{1} << range_bits) - 1;

std::size_t bucket_of(std::uint64_t value) noexcept {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= fine_bits + 1) return value;
    const unsigned shift = width - fine_bits - 1;
    return (std::size_t{shift} << fine_bits) + (value >> shift);
}

// The largest value of a bucket.
std::uint64_t top_of(std::size_t bucket) noexcept {
    if (bucket < (2U << fine_bits)) return bucket;
    const std::size_t shift = (bucket >> fine_bits) - 1;
    const std::uint64_t front = bucket - (shift << fine_bits);
    return ((front + 1) << shift) - 1;
}

std::uint64_t nanoseconds(io::duration took) noexcept {
    const auto count = std::chrono::nanoseconds(took).count();
    return count < 0 ? 0 : std::min(largest, static_cast<std::uint64_t>(count));
}

}  // namespace

histogram::histogram() : counts_(bucket_of(largest) + 1) {}

void histogram::record(io::duration took) noexcept {
    ++counts_[bucket_of(nanoseconds(took))];
    ++count_;
    max_ = std::max(max_, took);
}

void histogram::merge(const histogram& other) noexcept {
    std::ranges::transform(counts_, other.counts_, counts_.begin(), std::plus<>());
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

io::duration histogram::percentile(double share) const noexcept {
    const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (seen == 0 || seen < rank) continue;
        if (bucket + 1 == counts_.size()) return max_;   // nothing finer is known of what is out of range
        return std::min(max_, io::duration(std::chrono::nanoseconds(top_of(bucket))));
    }
    return {};
}

}  // namespace hawser::client
