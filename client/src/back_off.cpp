#include <hawser/client/back_off.hpp>

#include <algorithm>

namespace hawser::inline v0::client {

namespace {

// From nothing no doubling leads anywhere.
constexpr io::duration least = std::chrono::milliseconds(1);

}   // namespace

back_off::back_off(const back_off_options& settings) noexcept : settings_(settings) {
    settings_.first = std::max(settings_.first, least);
    settings_.most = std::max(settings_.most, settings_.first);
    settings_.jitter = std::clamp(settings_.jitter, 0.0, 1.0);
    longest_ = settings_.first;
}

io::duration back_off::next(double chance) noexcept {
    const io::duration longest = longest_;
    longest_ = longest_ > settings_.most / 2 ? settings_.most : longest_ * 2;
    ++attempts_;
    // In doubles the longest durations round up: never more is taken off than there is.
    const auto off = static_cast<io::duration::rep>(static_cast<double>(longest.count()) * settings_.jitter * chance);
    return longest - std::clamp(io::duration(off), io::duration::zero(), longest);
}

void back_off::lived(io::duration how_long) noexcept {
    if (how_long < settings_.good_after) return;
    longest_ = settings_.first;
    attempts_ = 0;
}

}   // namespace hawser::client
