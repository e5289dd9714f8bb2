// varint_prefix: frames that say at or near their front how much follows, as a LEB128 number, seven bits a byte, the
// lowest first, as protobuf's delimited messages and MQTT's remaining length have it.
//
//   const frame::varint_prefix protobuf({.max_frame = 64 * 1024});
//   const frame::varint_prefix mqtt({.longest = 4, .offset = 1, .whole = true});
#pragma once

#include <hawser/frame/codec.hpp>

#include <algorithm>
#include <bit>
#include <optional>

namespace hawser::inline v0::frame {

/// Where the length is, how long it may be, and the frame.
struct varint_layout {
    static constexpr std::size_t largest_offset = 65'535;

    unsigned longest = 5;         ///< bytes of the length at most: 4 (MQTT) or 5 (protobuf)
    bool accept_padded = false;   ///< take a length written in more bytes than it needs: 80 00 for 0
    /// On the whole frame. None: default_max_frame.
    std::optional<std::size_t> max_frame = std::nullopt;
    std::size_t offset = 0;   ///< bytes before the length, which it does not count
    /// What is delivered, and given to be sent, is the whole frame. So it has to be if there is something before the
    /// length.
    bool whole = false;
};

class varint_prefix {
public:
    /// Throws std::invalid_argument for a layout that makes no sense, with the numbers.
    explicit varint_prefix(varint_layout layout = {});

    /// too_long: over the limit. corrupt: a length that does not end in `longest` bytes, or is
    /// longer than it needs to be.
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    /// too_long: over the limit. unencodable: what should be a whole frame is none.
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;
    [[nodiscard]] std::size_t prefix_size(std::size_t size) const noexcept;   ///< as prefixing_codec says
    [[nodiscard]] std::byte* write_prefix(std::size_t size, std::byte* to) const noexcept;   ///< the same
    [[nodiscard]] std::size_t max_frame() const noexcept { return *layout_.max_frame; }

    /// As it was given, with `max_frame` filled in.
    [[nodiscard]] const varint_layout& layout() const noexcept { return layout_; }

private:
    [[nodiscard]] error_code encode_whole(bytes frame, byte_buffer& out) const;

    varint_layout layout_;
    std::size_t largest_value_;
};

static_assert(prefixing_codec<varint_prefix>);

// On the way of every frame, so inline.

inline std::size_t varint_prefix::prefix_size(std::size_t size) const noexcept {
    if (layout_.whole || size > std::min(max_frame(), largest_value_)) return 0;
    const std::size_t prefix = size < 0x80 ? 1 : (static_cast<std::size_t>(std::bit_width(size)) + 6) / 7;
    return prefix > max_frame() - size ? 0 : prefix;
}

inline std::byte* varint_prefix::write_prefix(std::size_t size, std::byte* to) const noexcept {
    for (; size > 0x7f; size >>= 7) *to++ = static_cast<std::byte>((size & 0x7f) | 0x80);
    *to++ = static_cast<std::byte>(size);
    return to;
}

}   // namespace hawser::frame
