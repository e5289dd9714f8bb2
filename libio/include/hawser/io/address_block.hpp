// address_block: the addresses that begin with the same bits, as CIDR writes them.
//
//   const auto lan = io::address_block::parse("192.168.0.0/16");   // "::1" and "10.1.2.3" are blocks of one address
//   if (lan && lan->contains(peer)) ...
//
// IPv4 mapped into IPv6 ("::ffff:10.0.0.0/104") is IPv4 here, as it is in an endpoint.
#pragma once

#include <hawser/io/endpoint.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::inline v0::io {

struct address_block {
    endpoint::kind family = endpoint::kind::ipv4;   ///< or ipv6
    unsigned bits = 0;                              ///< that all of its addresses begin with
    std::array<unsigned char, 16> first{};          ///< network order; IPv4 uses the first four

    /// "ADDRESS/BITS", or one address. None for anything else, and for an address with a bit set behind BITS: it may
    /// mean the block or the address, and they are not alike.
    [[nodiscard]] static std::optional<address_block> parse(std::string_view text);

    /// False for a peer without an address: on a Unix socket, in memory.
    [[nodiscard]] bool contains(const endpoint& who) const noexcept;

    /// "10.0.0.0/8", "::1/128".
    [[nodiscard]] std::string text() const;

    friend bool operator==(const address_block&, const address_block&) = default;
};

}   // namespace hawser::io
