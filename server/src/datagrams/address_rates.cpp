#include "address_rates.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

namespace hawser::inline v0::server {

namespace {

// Each bit of it depends on all bits of `number` (the finalizer of SplitMix64).
std::uint64_t mixed(std::uint64_t number) noexcept {
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31);
}

}   // namespace

address_rates::address_rates(const address_rate& rate, std::size_t addresses, std::uint64_t secret)
    : rate_(rate), secret_(secret), records_(rate.is_limited() ? (addresses + set - 1) / set * set : 0) {}

bool address_rates::allows(const io::endpoint& from, io::time_point now) noexcept {
    const std::optional<address_key> who = address_key::of(from);
    if (!who || !is_limited()) return true;
    record& place = place_of(*who);
    const io::time_point known = place.of == *who ? place.full_at : now;
    const std::optional<io::time_point> full_at = rate_.take(known, now);
    if (full_at) place = {*who, *full_at};
    return full_at.has_value();
}

// Its own, or that of the one whose bucket is full soonest.
address_rates::record& address_rates::place_of(const address_key& who) noexcept {
    std::uint64_t number = 0;
    std::memcpy(&number, who.prefix.data(), sizeof number);
    const std::uint64_t hash = mixed(mixed(number ^ secret_) + static_cast<std::uint64_t>(who.family));
    const std::size_t first = static_cast<std::size_t>(hash % (records_.size() / set)) * set;
    const std::span<record> places = std::span(records_).subspan(first, set);
    const auto known = std::ranges::find(places, who, &record::of);
    return known != places.end() ? *known : *std::ranges::min_element(places, {}, &record::full_at);
}

}   // namespace hawser::server
