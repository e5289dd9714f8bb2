// checked: what dissector and page expect of a description.
#pragma once

#include <hawser/packet/description.hpp>

#include <cstddef>

namespace hawser::inline v0::protocol {

/// Throws std::invalid_argument, with one line that says what is wrong.
void check(const packet::description& what);

/// How it is known where a field ends.
enum class extent : unsigned char {
    number,       ///< it is one
    fixed,        ///< it has `width` bytes
    counted,      ///< a number is before it, its length or count
    terminated,   ///< by a NUL
    rest,         ///< with the body
};
[[nodiscard]] extent extent_of(const packet::field_description& field) noexcept;   ///< by its kind

/// Whether its `width` bytes are a number: its value, its length or its count.
[[nodiscard]] bool has_number(const packet::field_description& field) noexcept;
/// Whether that number is a length or a count, and what is counted follows.
[[nodiscard]] bool is_counted(const packet::field_description& field) noexcept;
/// Whether it has no end but that of the body.
[[nodiscard]] bool takes_rest(const packet::field_description& field) noexcept;

}   // namespace hawser::protocol
