// cobs: bytes none of which is 00, and a 00 behind: Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999), as
// serial lines have it, and what carries them over TCP.
//
//   const frame::cobs sensor({.max_frame = 512});
//
// Instead of each 00 of the body stands how far the next is. Zeros on end, or before the first frame, are passed over,
// and belong to the frame behind them. A frame whose codes lead past its end was spoilt on its way, or its end was
// lost: it is dropped and reported as corrupt, and the next is read, as that is what the 00 is for. One over the limit
// ends the stream, as nothing is kept that would say where to go on.
#pragma once

#include <hawser/frame/codec.hpp>

namespace hawser::inline v0::frame {

/// How long a frame may be.
struct cobs_layout {
    static constexpr std::size_t shortest_frame = 2;   ///< 01 00, an empty body
    /// On the whole frame as it comes: codes and the 00 behind are counted, and zeros before it, too.
    std::size_t max_frame = default_max_frame;
};

class cobs {
public:
    /// Throws std::invalid_argument for a limit that no frame fits under.
    explicit cobs(cobs_layout layout = {});

    /// A frame's body is as it came, known to be good; see unwrap(). Zeros alone, as many as a frame may have bytes or
    /// the last of the stream, are dropped as corrupt.
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;   ///< as codec says: too_long if it is
    [[nodiscard]] std::size_t max_frame() const noexcept { return layout_.max_frame; }

    /// What decode() gave to the bytes it stands for, in place.
    [[nodiscard]] mutable_bytes unwrap(mutable_bytes stuffed) const noexcept;

    /// As it was given.
    [[nodiscard]] const cobs_layout& layout() const noexcept { return layout_; }

private:
    cobs_layout layout_;
};

static_assert(wrapping_codec<cobs>);

}   // namespace hawser::frame
