#include <hawser/server/address_rate.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::server {

namespace {

io::duration interval_of(const char* name, const std::optional<double>& a_second) {
    if (!a_second) return io::duration::zero();
    constexpr double least = 1.0 / 86'400;   // one a day, far from where a duration overflows
    if (!(*a_second >= least))
        throw std::invalid_argument(std::string(name) + " is less than one a day: " + std::to_string(*a_second));
    return std::chrono::duration_cast<io::duration>(std::chrono::duration<double>(1 / *a_second));
}

}   // namespace

std::optional<address_key> address_key::of(const io::endpoint& peer) noexcept {
    const bool is_ipv4 = peer.what == io::endpoint::kind::ipv4;
    if (!is_ipv4 && peer.what != io::endpoint::kind::ipv6) return std::nullopt;
    address_key key{.family = peer.what};
    std::copy_n(peer.host.begin(), is_ipv4 ? 4 : 8, key.prefix.begin());
    return key;
}

address_rate::address_rate(const char* name, const std::optional<double>& a_second)
    : interval_(interval_of(name, a_second)), burst_(std::max<io::duration>(std::chrono::seconds(1), interval_)) {}

std::optional<io::time_point> address_rate::take(io::time_point full_at, io::time_point now) const noexcept {
    const io::time_point next = std::max(full_at, now) + interval_;
    if (next > now + burst_) return std::nullopt;
    return next;
}

}   // namespace hawser::server
