#include <hawser/io/heartbeat.hpp>

#include <algorithm>

namespace hawser::inline v0::io {

namespace {

constexpr std::uint32_t last_number = 99'999'999;

}   // namespace

heartbeat::heartbeat(duration interval, std::uint8_t misses, time_point now) noexcept
    : interval_(interval),
      due_at_(interval > duration::zero() ? after(now, interval) : time_point::max()),
      misses_(std::max<std::uint8_t>(misses, 1)) {}

void heartbeat::heard(time_point now) noexcept {
    if (interval_ <= duration::zero()) return;
    due_at_ = after(now, interval_);
    unheard_ = 0;
}

heartbeat::action heartbeat::due(time_point now) noexcept {
    if (now < due_at_ || due_at_ == time_point::max()) return action::nothing;
    if (unheard_ >= misses_) return action::lost;
    ++unheard_;
    number_ = number_ >= last_number ? 1 : number_ + 1;
    pinged_at_ = now;
    due_at_ = after(now, interval_);
    timing_ = true;
    return action::ping;
}

std::optional<duration> heartbeat::answered(std::uint32_t number, time_point now) noexcept {
    if (!timing_ || number != number_) return std::nullopt;
    timing_ = false;
    const bool first = smoothed_ == duration::zero();
    round_trip_ = std::max(now - pinged_at_, duration::zero());
    smoothed_ = first ? round_trip_ : smoothed_ + (round_trip_ - smoothed_) / 8;
    return round_trip_;
}

}   // namespace hawser::io
