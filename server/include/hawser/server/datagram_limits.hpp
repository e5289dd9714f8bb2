// What bounds a server's datagrams, and what became of them.
//
//   server::config config{.listen = {":5353", "udp::5353"},
//                         .datagrams = {.largest = 4096, .amplification = 20, .rate = 50}};
//
// Anybody can write anybody's address on a datagram: so what one address may cost is bounded, and how much longer than
// its question an answer may be. Whoever is over a bound is told nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace hawser::inline v0::server {

/// Part of the config, for each `udp:` address of it. Trivial to copy and to destroy.
struct datagram_limits {
    /// What each datagram has on its way beside its bytes: the headers of IPv4 and UDP.
    static constexpr std::size_t headers = 28;

    /// Bytes of the longest datagram that is taken, and of the longest that is sent; 1 to 65,507.
    std::size_t largest = 65'507;
    /// So many times as long as its question the answers to it may be together, each with its headers: whoever forges
    /// an address floods its owner with no more than that. 3 is what QUIC allows (RFC 9000, 8.1). A service whose
    /// answers are longer, as DNS, needs more, and a `rate`; 0: no limit.
    std::size_t amplification = 3;
    /// Datagrams a second from one address (IPv6: from one /64), as many in one go after a pause. Unless set: no limit.
    std::optional<double> rate = {};
    /// So many addresses are remembered for that, in a table made at the start; of more the one that has rested longest
    /// is forgotten.
    std::size_t addresses = 4096;
    /// Handlers that wait, at a time; what comes meanwhile is dropped. Each has a copy of its question.
    std::size_t under_way = 64;
    /// Bytes of the kernel's queue in front of each socket, which doubles what it is asked for (up to
    /// net.core.rmem_max); 0: the system's own size, 208 KiB. What finds it full is lost, and nobody can count it.
    int receive_buffer = 0;
};

/// Part of the report.
struct datagram_counts {
    std::uint64_t in = 0;    ///< datagrams received
    std::uint64_t out = 0;   ///< answers sent

    // Datagrams that nobody has handled, or that a handler failed at.

    std::uint64_t denied = 0;               ///< their address is denied, or not among those allowed
    std::uint64_t too_often = 0;            ///< from an address that was over its rate
    std::uint64_t too_long = 0;             ///< over datagram_limits::largest
    std::uint64_t too_many_under_way = 0;   ///< for a handler that waits, and there were as many as may be
    std::uint64_t no_memory = 0;            ///< the same, and there was no memory to keep them
    std::uint64_t failed = 0;               ///< their handler threw

    // Answers that were not sent.

    std::uint64_t answers_too_long = 0;     ///< over datagram_limits::largest, or of what no packet can hold
    std::uint64_t answers_amplifying = 0;   ///< over datagram_limits::amplification
    std::uint64_t answers_not_taken = 0;    ///< the kernel had no room for them, or no way

    std::size_t cut = 0;   ///< handlers that were under way when the grace was over

    [[nodiscard]] std::uint64_t dropped() const noexcept;                ///< datagrams that were not handled, or badly
    [[nodiscard]] std::uint64_t unsent() const noexcept;                 ///< answers that were not
    datagram_counts& operator+=(const datagram_counts& more) noexcept;   ///< of another address

    /// "100 in, 97 out; 3 dropped (2 too often, 1 too long)"; empty if nothing came.
    [[nodiscard]] std::string text() const;
};

}   // namespace hawser::server
