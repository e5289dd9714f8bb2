#include <hawser/server/admission.hpp>

#include <hawser/server/error.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace hawser::inline v0::server {

namespace {

constexpr std::size_t usual_max_connections = 10'000;

// For what is no connection: listeners, timers, logs, the user's files.
constexpr std::size_t other_descriptors = 64;

std::size_t at_least_one(const char* name, std::size_t value) {
    if (value == 0) throw std::invalid_argument(std::string(name) + " is 0: nobody could connect");
    return value;
}

bool any_contains(const std::vector<io::address_block>& blocks, const io::endpoint& peer) noexcept {
    return std::ranges::any_of(blocks, [&](const io::address_block& one) { return one.contains(peer); });
}

}   // namespace

bool admission_limits::denies(const io::endpoint& peer) const noexcept {
    if (!address_key::of(peer)) return false;
    return any_contains(deny, peer) || (!allow.empty() && !any_contains(allow, peer));
}

std::size_t default_max_connections(std::size_t descriptors) noexcept {
    const std::size_t room = descriptors < 2 * other_descriptors ? descriptors / 2 : descriptors - other_descriptors;
    return std::clamp<std::size_t>(room, 1, usual_max_connections);
}

void refusals::count(const error_code& why) noexcept {
    if (why == errc::denied) ++denied;
    else if (why == errc::too_many_connections) ++too_many_connections;
    else if (why == errc::too_many_from_address) ++too_many_from_address;
    else if (why == errc::accept_rate_exceeded) ++accept_rate_exceeded;
    else if (why == errc::out_of_descriptors) ++out_of_descriptors;
}

std::uint64_t refusals::all() const noexcept {
    return denied + too_many_connections + too_many_from_address + accept_rate_exceeded + out_of_descriptors;
}

admission::admission(admission_limits limits, std::size_t descriptors)
    : limits_(std::move(limits)),
      max_connections_(at_least_one("max_connections",
                                    limits_.max_connections.value_or(default_max_connections(descriptors)))),
      max_per_address_(at_least_one("max_per_address", limits_.max_per_address.value_or(max_connections_))),
      rate_("accept_rate", limits_.accept_rate) {}

admission::~admission() { resting_.clear(); }

error_code admission::admit(const io::endpoint& peer, io::time_point now) {
    if (limits_.denies(peer)) return errc::denied;
    if (connections_ >= max_connections_) return errc::too_many_connections;
    const std::optional<address_key> from = address_key::of(peer);
    if (const error_code why = from ? admit_from(*from, now) : error_code()) return why;
    ++connections_;
    return {};
}

error_code admission::admit_from(const address_key& from, io::time_point now) {
    forget_rested(now);
    const auto known = addresses_.find(from);
    const std::size_t there = known == addresses_.end() ? 0 : known->second.connections;
    if (there >= max_per_address_) return errc::too_many_from_address;
    const std::optional<io::time_point> full_at = rate_.take(known == addresses_.end() ? now : known->second.rested_at,
                                                             now);
    if (!full_at) return errc::accept_rate_exceeded;
    record& kept = known == addresses_.end() ? addresses_[from] : known->second;
    if (kept.is_linked()) {
        kept.unlink();
        --resting_count_;
    }
    kept.of = from;
    kept.rested_at = *full_at;
    ++kept.connections;
    return {};
}

void admission::release(const io::endpoint& peer, io::time_point now) noexcept {
    --connections_;
    const std::optional<address_key> from = address_key::of(peer);
    const auto found = from ? addresses_.find(*from) : addresses_.end();
    if (found == addresses_.end() || --found->second.connections > 0) return;
    resting_.push_back(found->second);
    ++resting_count_;
    forget_rested(now);
}

// Those in front have rested longest, or nearly so. Who must wait behind one that has not is forgotten a little later.
void admission::forget_rested(io::time_point now) noexcept {
    while (!resting_.empty() && (resting_count_ > max_resting || resting_.front().rested_at <= now)) {
        const address_key of = resting_.front().of;
        resting_.pop_front();
        --resting_count_;
        addresses_.erase(of);
    }
}

}   // namespace hawser::server
