// http_chunk: the chunks that a body of HTTP/1.1 may come in (RFC 9112, 7.1): the size in hex, CR LF, that many bytes,
// CR LF. The last chunk of a body is an empty one, "0\r\n\r\n".
//
//   const frame::http_chunk parts({.max_frame = 64 * 1024});
//
// Each chunk is a frame, and an empty body ends what belongs together. What is before the first chunk, the head of a
// message, is not of this format. Extensions behind the size (";name=value") are passed over, as the RFC demands, in a
// line of at most 256 bytes. All else is strict, as servers that disagree about where a chunk ends can be played off
// against each other: lines end in CR LF, a size has at most 16 digits, and nothing is before or behind it. Trailers,
// lines behind the last chunk, are refused as corrupt: they are no chunks, and nobody here would read them.
#pragma once

#include <hawser/frame/codec.hpp>

namespace hawser::inline v0::frame {

/// How long a chunk may be.
struct chunk_layout {
    static constexpr std::size_t shortest_frame = 5;   ///< the last chunk
    static constexpr std::size_t most_digits = 16;     ///< of a size: some write zeros before it
    static constexpr std::size_t longest_line = 256;   ///< size and extensions; each chunk could have as many
    /// On the whole frame: the line of the size, and both CR LF are counted.
    std::size_t max_frame = default_max_frame;
};

class http_chunk {
public:
    /// Throws std::invalid_argument for a limit that no frame fits under, and for one that no buffer holds.
    explicit http_chunk(chunk_layout layout = {});

    /// An empty body is the last chunk. too_long: over the limit, known by the size. corrupt: no chunk.
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;   ///< as codec says: too_long if it is
    [[nodiscard]] std::size_t max_frame() const noexcept { return layout_.max_frame; }

    /// As it was given.
    [[nodiscard]] const chunk_layout& layout() const noexcept { return layout_; }

private:
    chunk_layout layout_;
};

static_assert(codec<http_chunk>);

}   // namespace hawser::frame
