// address: where to listen or to connect, as people write it; and who is at the other end, as logs show it.
//
//   HOST:PORT   [V6]:PORT   :PORT   unix:PATH
//
// An empty host means all addresses to listen (both families), and loopback to connect.
#pragma once

#include <hawser/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hawser::io {

struct address {
    enum class kind : unsigned char { tcp, unix_path };
    /// The longest Unix path: sockaddr_un holds 108 bytes, the last of them a NUL.
    static constexpr std::size_t max_path = 107;

    kind what = kind::tcp;
    std::string host = {};     ///< a name or a numeric address without brackets; empty: see above
    std::uint16_t port = 0;    ///< 0 to listen: the system picks one
    std::string path = {};     ///< of a Unix socket

    /// Reads one of the forms above; `bad_address` for anything else. Resolves nothing.
    [[nodiscard]] static result<address> parse(std::string_view text);

    /// The same text again, with "*" for an empty host: "*:8888", "[::1]:80", "unix:/run/x".
    [[nodiscard]] std::string text() const;

    friend bool operator==(const address&, const address&) = default;
};

}  // namespace hawser::io
