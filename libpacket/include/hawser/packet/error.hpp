// The errors of packets (libpacket).
#pragma once

#include <hawser/error.hpp>

namespace hawser::inline v0::packet {

/// What is wrong with a body.
enum class errc {
    unknown_command = 1,   ///< the command of a body names no packet
    short_body,            ///< the body ends inside a field
    trailing_bytes,        ///< the body goes on behind the last field
    value_too_long,        ///< ours: a text, or an array, of more than its length field can say
    bad_field,             ///< a field's bytes are there, and no value of it: a text without its NUL
    unencodable,           ///< ours: a value that a field has no bytes for: a NUL inside of a text that ends with one
};

/// What the codes of packets are told by.
[[nodiscard]] const boost::system::error_category& packet_category() noexcept;

/// For error_code, which makes one of an errc by itself.
[[nodiscard]] inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), packet_category()};
}

}   // namespace hawser::packet

template <>
struct boost::system::is_error_code_enum<hawser::packet::errc> : std::true_type {};
