// address_rates: the rates of many addresses, in a table that does not grow and that no peer can make slow.
//
//   address_rates rates(server::address_rate("rate", 50.0), 4096, dice.next());
//   if (!rates.allows(from, io::clock::now())) ...   // too often
//
// An address has its place in one set of a few, by a hash with a secret. A newcomer takes the place of the one whose
// bucket is full soonest: so who is over its rate stays known however many others come. Pure: time is an argument.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/endpoint.hpp>
#include <hawser/server/address_rate.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hawser::inline v0::server {

class address_rates {
public:
    /// Places for so many addresses, or a few more; none if there is no limit. Throws std::bad_alloc.
    address_rates(const address_rate& rate, std::size_t addresses, std::uint64_t secret);

    /// One more from there. A peer without an address always may.
    [[nodiscard]] bool allows(const io::endpoint& from, io::time_point now) noexcept;

    [[nodiscard]] bool is_limited() const noexcept { return rate_.is_limited(); }
    [[nodiscard]] std::size_t places() const noexcept { return records_.size(); }

private:
    struct record {
        address_key of;
        io::time_point full_at = io::time_point::min();
    };
    static constexpr std::size_t set = 8;

    [[nodiscard]] record& place_of(const address_key& who) noexcept;

    address_rate rate_;
    std::uint64_t secret_;
    std::vector<record> records_;   // one set after the other
};

}   // namespace hawser::server
