// address: where to listen or to connect, as people write it; and who is at the other end, as logs show it.
//
//   HOST:PORT   [V6]:PORT   :PORT   unix:PATH
//   tcp4:localhost:80   tcp6::8888   udp::9999   udp4:HOST:PORT   udp6:[V6]:PORT
//
// The networks are Go's: tcp, tcp4, tcp6, udp, udp4, udp6 before a HOST:PORT, tcp if nothing is said. A host has
// no colon, so "tcp4:8888" is port 8888 of the host "tcp4". An empty host, or "*", means all addresses to listen
// (both families where none is named), and loopback to connect. Invariant: parse() reads what text() writes, and
// it is the same address again.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/bounded_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hawser::inline v0::io {

/// Trivial to copy and to destroy, so that one may be written in braces inside a co_await (g++ 12).
struct address {
    /// How it is reached.
    enum class kind : unsigned char { tcp, unix_path, udp };
    /// Of a tcp or udp address.
    enum class ip_family : unsigned char { any, ipv4, ipv6 };
    /// The longest name of a host, by the rules for domain names (RFC 1035, 2.3.4: 255 bytes, two
    /// of them not in the text).
    static constexpr std::size_t max_host = 253;
    /// The longest Unix path: sockaddr_un holds 108 bytes, the last of them a NUL.
    static constexpr std::size_t max_path = 107;

    kind what = kind::tcp;
    ip_family family = ip_family::any;   ///< to listen on, to connect over and to look names up for
    bounded_text<max_host> host = {};    ///< a name or a numeric address without brackets; empty: see above
    std::uint16_t port = 0;              ///< 0 to listen: the system picks one
    bounded_text<max_path> path = {};    ///< of a Unix socket

    /// Reads one of the forms above; `bad_address` for anything else, also for a numeric host of the other family, and
    /// for too long a host or path. Resolves nothing.
    [[nodiscard]] static result<address> parse(std::string_view text);

    /// The same text again, with "*" for an empty host: "*:8888", "[::1]:80", "udp:*:53", "unix:/run/x".
    [[nodiscard]] std::string text() const;

    friend bool operator==(const address&, const address&) = default;
};

}   // namespace hawser::io
