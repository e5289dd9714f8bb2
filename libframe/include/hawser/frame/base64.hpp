// base64: bytes as text (RFC 4648, section 4, with padding), for the formats that carry them so.
//
//   frame::append_base64(body, line);                                   // "aGVsbG8="
//   if (frame::is_base64(text)) body = frame::from_base64(text_in_memory_of_ours);
//
// Strict both ways: each body has one text, and no other text is taken for it.
#pragma once

#include <hawser/bytes.hpp>

namespace hawser::inline v0::frame {

/// The letters of base64, in the order of their values; '=' fills up.
inline constexpr std::string_view base64_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The letters that `size` bytes take.
[[nodiscard]] constexpr std::size_t base64_size(std::size_t size) noexcept {
    return size / 3 * 4 + (size % 3 > 0 ? 4 : 0);
}

/// Throws std::bad_alloc.
void append_base64(bytes data, byte_buffer& out);

/// Whether it is the base64 of something: padded to groups of four, no letter too many, no bit left over.
[[nodiscard]] bool is_base64(std::string_view text) noexcept;

/// What `text` stands for, written over it. Precondition: is_base64().
[[nodiscard]] mutable_bytes from_base64(mutable_bytes text) noexcept;

}   // namespace hawser::frame
