// marked_crc: frames between marks, with a checksum, for lines that lose or spoil bytes:
//
//   FF FF | length, two bytes, big-endian | data | upper 16 bits of the data's CRC-32/ISO-HDLC, big-endian | FF FE
//
//   const frame::marked_crc telemetry({.max_frame = 4096});
//
// What is no frame is dropped and reported as corrupt, and the next good frame is found, wherever it begins: also
// inside what only looked like one. Until a frame that has begun is whole, what is in it waits, since it may be its
// data; so a false mark delays what follows by at most `max_frame` bytes. Make that no larger than your frames are.
#pragma once

#include <hawser/frame/running_crc.hpp>

namespace hawser::inline v0::frame {

/// How long a marked frame may be.
struct marked_layout {
    static constexpr std::size_t overhead = 8;   ///< marks, length and checksum
    static constexpr std::size_t longest_frame = overhead + 65'535;
    std::size_t max_frame = longest_frame;   ///< on the whole frame; what claims to be longer is none
};

class marked_crc {
public:
    /// Throws std::invalid_argument for a limit that no frame fits under, or that the length cannot express.
    explicit marked_crc(marked_layout layout = {});

    /// Overlapping frames that only look good share most of their data, and of its checksum.
    using memory = running_crc;

    /// Never fails but with truncated, at the end of the stream.
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    /// The same, and sums no byte twice.
    [[nodiscard]] decoded decode(const window& seen, memory& sums) const noexcept;
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;   ///< as codec says
    [[nodiscard]] std::size_t max_frame() const noexcept { return layout_.max_frame; }

private:
    marked_layout layout_;
};

static_assert(remembering_codec<marked_crc>);

}   // namespace hawser::frame
