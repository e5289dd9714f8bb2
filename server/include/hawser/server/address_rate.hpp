// address_rate: how often one address may do something, and what counts as one address.
//
//   const server::address_rate rate("accept_rate", 5.0);     // five a second, five in one go after a pause
//   if (const auto full_at = rate.take(known.full_at, now)) known.full_at = *full_at;   // it may
//
// Pure: time is an argument. A bucket of as many tokens as a second brings, one at least; all that is kept of it is the
// instant when it is full again.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/endpoint.hpp>

#include <array>
#include <compare>
#include <optional>

namespace hawser::inline v0::server {

/// One address, to a limit: an IPv4 address, or the /64 of an IPv6 address.
struct address_key {
    io::endpoint::kind family{};             ///< ipv4 or ipv6
    std::array<unsigned char, 8> prefix{};   ///< network order; IPv4 uses the first four

    /// None for a peer without an address: on a Unix socket, in memory.
    [[nodiscard]] static std::optional<address_key> of(const io::endpoint& peer) noexcept;

    auto operator<=>(const address_key&) const = default;   ///< in some order
};

class address_rate {
public:
    /// So many a second; none: no limit. Throws std::invalid_argument, with `name`, for less than one a day.
    address_rate(const char* name, const std::optional<double>& a_second);

    /// Whether there is a limit.
    [[nodiscard]] bool is_limited() const noexcept { return interval_ > io::duration::zero(); }
    /// Takes a token at `now` from the bucket that is full at `full_at` (any time before for a new one): when it is
    /// full then. None if it is empty.
    [[nodiscard]] std::optional<io::time_point> take(io::time_point full_at, io::time_point now) const noexcept;

private:
    io::duration interval_;   // between two; zero: no limit
    io::duration burst_;      // so much of it may be used up in one go
};

}   // namespace hawser::server
