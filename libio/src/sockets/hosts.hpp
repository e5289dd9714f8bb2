// hosts: what the host of an address stands for, in numbers. For dial, listen and datagrams alone.
#pragma once

#include <hawser/io/address.hpp>
#include <hawser/io/clock.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <stop_token>
#include <vector>

namespace hawser::inline v0::io {

/// Never empty in a result.
using hosts = std::vector<asio::ip::address>;

/// Where to connect to: a numeric host and an empty one without a look-up, a name with one; `connect_timeout` if that
/// takes longer than `until`, `closed` when it is stopped. A look-up cannot be interrupted: it ends by itself later,
/// and its io_context runs until then.
[[nodiscard]] task<result<hosts>> hosts_to_connect(address where, time_point until, std::stop_token stop);

/// Where to listen, the best first: IPv4 before IPv6, as Go does, for a name. Asks the system, which blocks.
[[nodiscard]] result<hosts> hosts_to_listen(const executor& on, const address& where);

/// Nothing but the family was wrong: there is no IPv6 here.
[[nodiscard]] inline bool says_no_ipv6(const error_code& error) noexcept {
    return error == asio::error::address_family_not_supported || error == boost::system::errc::address_not_available;
}

/// What `bind_to(host)` gives for the first host that it works for, or the first error. For an empty host only a
/// missing IPv6 is a reason to go on: a port that is taken there is taken.
template <class Bind>
[[nodiscard]] auto first_that_binds(const address& where, const hosts& candidates, const Bind& bind_to) {
    auto made = bind_to(candidates.front());
    for (std::size_t index = 1; !made && index < candidates.size(); ++index) {
        if (where.host.empty() && !says_no_ipv6(made.error())) break;
        auto next = bind_to(candidates[index]);
        if (next) made = std::move(next);
    }
    return made;
}

}   // namespace hawser::io
