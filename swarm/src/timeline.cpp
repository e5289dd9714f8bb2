#include <hawser/swarm/timeline.hpp>

#include <algorithm>
#include <utility>

namespace hawser::inline v0::swarm {

void timeline::slice::merge(const slice& other) noexcept {
    sent += other.sent;
    acked += other.acked;
    failed += other.failed;
    latency.merge(other.latency);
}

timeline::slice& timeline::at(io::duration since_begin) {
    const io::duration since = std::max(since_begin, io::duration::zero());
    while (since / width_ >= static_cast<io::duration::rep>(most_slices)) widen();
    const auto index = static_cast<std::size_t>(since / width_);
    if (index >= slices_.size()) slices_.resize(index + 1);
    return slices_[index];
}

void timeline::widen() {
    const std::size_t half = (slices_.size() + 1) / 2;
    for (std::size_t index = 0; index < half; ++index) {
        if (index > 0) slices_[index] = std::move(slices_[2 * index]);
        if (2 * index + 1 < slices_.size()) slices_[index].merge(slices_[2 * index + 1]);
    }
    slices_.resize(half);
    width_ *= 2;
}

void timeline::merge(const timeline& other) {
    timeline same = other;
    while (width_ < same.width_) widen();
    while (same.width_ < width_) same.widen();
    if (slices_.size() < same.slices_.size()) slices_.resize(same.slices_.size());
    for (std::size_t index = 0; index < same.slices_.size(); ++index) slices_[index].merge(same.slices_[index]);
}

timeline timeline::from_slices(io::duration width, std::vector<slice> slices) {
    timeline filled;
    filled.width_ = width;
    filled.slices_ = std::move(slices);
    return filled;
}

}   // namespace hawser::swarm
