// endpoint: who is at the end of a connection, small enough to keep for its whole life and for the log line after it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace hawser::inline v0::io {

struct endpoint {
    /// What it is an address of.
    enum class kind : unsigned char { none, ipv4, ipv6, unix_path, memory };

    kind what = kind::none;
    std::uint16_t port = 0;
    std::uint32_t scope = 0;                ///< of a link-local IPv6 address
    std::array<unsigned char, 16> host{};   ///< network order; an IPv4 address uses the first four

    /// "127.0.0.1:5555", "[::1]:80", "unix", "memory". IPv4 seen through a dual-stack listener is shown as IPv4.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const endpoint&, const endpoint&) = default;
};

}   // namespace hawser::io
