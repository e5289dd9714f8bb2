// length_prefixed: the default codec. A frame is its own length (four bytes, big-endian, counting themselves), then
// the body. The format is in docs/wire-format.md.
//
//   frame::length_prefixed codec(64 * 1024);      // no frame longer than 64 KiB, its four bytes included
#pragma once

#include <hawser/frame/codec.hpp>

namespace hawser::frame {

class length_prefixed {
public:
    /// The bytes of the length field.
    static constexpr std::size_t header_size = 4;
    /// 1 MiB: room for any message, small enough that a thousand hostile peers do not fill a machine.
    static constexpr std::size_t default_max_frame = 1024 * 1024;

    /// `max_frame` limits the whole frame, header included. Throws std::invalid_argument for a limit that no frame
    /// fits under, or that the length field cannot express.
    explicit length_prefixed(std::size_t max_frame = default_max_frame);

    [[nodiscard]] decoded decode(window seen) const noexcept;
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;
    [[nodiscard]] std::size_t max_frame() const noexcept { return max_frame_; }

private:
    std::size_t max_frame_;
};

static_assert(codec<length_prefixed>);

}  // namespace hawser::frame
