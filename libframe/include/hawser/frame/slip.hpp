// slip: bytes none of which is C0, and a C0 behind, as serial lines have it, and what carries them over TCP (RFC 1055).
// A C0 of the body is written as DB DC, and a DB as DB DD.
//
//   const frame::slip meter({.max_frame = 2048});
//
// Ends on end, or before the first frame, are passed over, and belong to the frame behind them: some begin each frame
// with one, too. So there is no empty frame. One with another byte behind a DB was spoilt on its way: it is dropped and
// reported as corrupt, and the next is read, as that is what the C0 is for. One over the limit ends the stream, as
// nothing is kept that would say where to go on.
#pragma once

#include <hawser/frame/codec.hpp>

namespace hawser::inline v0::frame {

/// How long a frame may be.
struct slip_layout {
    static constexpr std::size_t shortest_frame = 2;   ///< a byte and its end
    /// On the whole frame as it comes: escapes and the C0 behind are counted, and ends before it, too.
    std::size_t max_frame = default_max_frame;
};

class slip {
public:
    /// Throws std::invalid_argument for a limit that no frame fits under.
    explicit slip(slip_layout layout = {});

    /// A frame's body is as it came, known to be good; see unwrap(). Ends alone, as many as a frame may have bytes or
    /// the last of the stream, are dropped as corrupt.
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    /// As codec says. too_long: over the limit. unencodable: an empty body.
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;
    [[nodiscard]] std::size_t max_frame() const noexcept { return layout_.max_frame; }

    /// What decode() gave to the bytes it stands for, in place.
    [[nodiscard]] mutable_bytes unwrap(mutable_bytes escaped) const noexcept;

    /// As it was given.
    [[nodiscard]] const slip_layout& layout() const noexcept { return layout_; }

private:
    slip_layout layout_;
};

static_assert(wrapping_codec<slip>);

}   // namespace hawser::frame
