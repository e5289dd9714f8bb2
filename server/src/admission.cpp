#include <hawser/server/admission.hpp>

#include <hawser/server/error.hpp>

#include <algorithm>
#include <chrono>
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

io::duration interval_of(const std::optional<double>& rate) {
    if (!rate) return io::duration::zero();
    constexpr double least = 1.0 / 86'400;   // one a day, far from where a duration overflows
    if (!(*rate >= least)) throw std::invalid_argument("accept_rate is less than one a day: " + std::to_string(*rate));
    return std::chrono::duration_cast<io::duration>(std::chrono::duration<double>(1 / *rate));
}

bool any_contains(const std::vector<io::address_block>& blocks, const io::endpoint& peer) noexcept {
    return std::ranges::any_of(blocks, [&](const io::address_block& one) { return one.contains(peer); });
}

}   // namespace

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
      interval_(interval_of(limits_.accept_rate)),
      burst_(std::max<io::duration>(std::chrono::seconds(1), interval_)) {}

admission::~admission() { resting_.clear(); }

error_code admission::admit(const io::endpoint& peer, io::time_point now) {
    if (is_denied(peer)) return errc::denied;
    if (connections_ >= max_connections_) return errc::too_many_connections;
    const std::optional<address> from = address_of(peer);
    if (const error_code why = from ? admit_from(*from, now) : error_code()) return why;
    ++connections_;
    return {};
}

// The accept rate is a bucket of as many tokens as fit into `burst_`, each `interval_` long. All that is kept of it is
// the instant when it is full again.
error_code admission::admit_from(const address& from, io::time_point now) {
    forget_rested(now);
    const auto known = addresses_.find(from);
    const std::size_t there = known == addresses_.end() ? 0 : known->second.connections;
    if (there >= max_per_address_) return errc::too_many_from_address;
    const io::time_point full_at = known == addresses_.end() ? now : std::max(known->second.rested_at, now);
    if (full_at + interval_ > now + burst_) return errc::accept_rate_exceeded;
    record& kept = known == addresses_.end() ? addresses_[from] : known->second;
    if (kept.is_linked()) {
        kept.unlink();
        --resting_count_;
    }
    kept.of = from;
    kept.rested_at = full_at + interval_;
    ++kept.connections;
    return {};
}

void admission::release(const io::endpoint& peer, io::time_point now) noexcept {
    --connections_;
    const std::optional<address> from = address_of(peer);
    const auto found = from ? addresses_.find(*from) : addresses_.end();
    if (found == addresses_.end() || --found->second.connections > 0) return;
    resting_.push_back(found->second);
    ++resting_count_;
    forget_rested(now);
}

// Those in front have rested longest, or nearly so. Who must wait behind one that has not is forgotten a little later.
void admission::forget_rested(io::time_point now) noexcept {
    while (!resting_.empty() && (resting_count_ > max_resting || resting_.front().rested_at <= now)) {
        const address of = resting_.front().of;
        resting_.pop_front();
        --resting_count_;
        addresses_.erase(of);
    }
}

bool admission::is_denied(const io::endpoint& peer) const noexcept {
    if (!address_of(peer)) return false;
    return any_contains(limits_.deny, peer) || (!limits_.allow.empty() && !any_contains(limits_.allow, peer));
}

std::optional<admission::address> admission::address_of(const io::endpoint& peer) noexcept {
    const bool is_ipv4 = peer.what == io::endpoint::kind::ipv4;
    if (!is_ipv4 && peer.what != io::endpoint::kind::ipv6) return std::nullopt;
    address of{.family = peer.what};
    std::copy_n(peer.host.begin(), is_ipv4 ? 4 : 8, of.prefix.begin());
    return of;
}

}   // namespace hawser::server
