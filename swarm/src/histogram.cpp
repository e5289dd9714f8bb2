#include <hawser/swarm/histogram.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

namespace hawser::inline v0::swarm {

namespace {

constexpr unsigned range_bits = 36;   // 2^36 ns are 68.7 s
constexpr std::uint64_t largest = (std::uint64_t{1} << range_bits) - 1;

std::uint64_t nanoseconds(io::duration took) noexcept {
    const auto count = std::chrono::nanoseconds(took).count();
    return count < 0 ? 0 : std::min(largest, static_cast<std::uint64_t>(count));
}

}   // namespace

histogram::histogram(precision bits) : bits_(static_cast<unsigned>(bits)), counts_(bucket_of(largest) + 1) {}

std::size_t histogram::bucket_of(std::uint64_t value) const noexcept {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= bits_ + 1) return value;
    const unsigned shift = width - bits_ - 1;
    return (std::size_t{shift} << bits_) + (value >> shift);
}

// The largest value of a bucket.
std::uint64_t histogram::top_of(std::size_t bucket) const noexcept {
    if (bucket < (std::size_t{2} << bits_)) return bucket;
    const std::size_t shift = (bucket >> bits_) - 1;
    const std::uint64_t front = bucket - (shift << bits_);
    return ((front + 1) << shift) - 1;
}

void histogram::record(io::duration took, std::uint64_t times) noexcept {
    counts_[bucket_of(nanoseconds(took))] += times;
    count_ += times;
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

std::vector<std::pair<io::duration, std::uint64_t>> histogram::buckets() const {
    std::vector<std::pair<io::duration, std::uint64_t>> filled;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket)
        if (counts_[bucket] > 0) filled.emplace_back(std::chrono::nanoseconds(top_of(bucket)), counts_[bucket]);
    return filled;
}

histogram histogram::from_buckets(const std::vector<std::pair<io::duration, std::uint64_t>>& buckets, io::duration max,
                                  precision bits) {
    histogram filled(bits);
    for (const auto& [top, times] : buckets) filled.record(top, times);
    if (filled.count_ > 0) filled.max_ = max;
    return filled;
}

}   // namespace hawser::swarm
