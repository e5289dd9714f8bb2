// varint_prefix: frames that begin with the length of their body as a LEB128 number, seven bits a byte, the lowest first, as
// protobuf's delimited messages and MQTT's remaining length have it.
//
//   const frame::varint_prefix protobuf({.max_frame = 64 * 1024});
//   const frame::varint_prefix mqtt({.longest = 4});
#pragma once

#include <hawser/frame/codec.hpp>

#include <optional>

namespace hawser::frame {

/// How long the length may be, and the frame.
struct varint_layout {
    unsigned longest = 5;            ///< bytes of the length at most: 4 (MQTT) or 5 (protobuf)
    bool accept_padded = false;      ///< take a length written in more bytes than it needs: 80 00 for 0
    /// On the whole frame. None: default_max_frame.
    std::optional<std::size_t> max_frame = std::nullopt;
};

class varint_prefix {
public:
    /// Throws std::invalid_argument for a layout that makes no sense, with the numbers.
    explicit varint_prefix(varint_layout layout = {});

    /// too_long: over the limit. corrupt: a length that does not end in `longest` bytes, or is longer than it needs to be.
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;   ///< as codec says
    [[nodiscard]] std::byte* begin_frame(std::size_t size, byte_buffer& out) const;   ///< as prefixing_codec says
    [[nodiscard]] std::size_t max_frame() const noexcept { return *layout_.max_frame; }

    /// As it was given, with `max_frame` filled in.
    [[nodiscard]] const varint_layout& layout() const noexcept { return layout_; }

private:
    varint_layout layout_;
};

static_assert(prefixing_codec<varint_prefix>);

}  // namespace hawser::frame
