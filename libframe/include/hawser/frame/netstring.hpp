// netstring: a body between its size in decimal and a comma, as in "5:hello,"
// (https://cr.yp.to/proto/netstrings.txt).
//
//   const frame::netstring qmtp({.max_frame = 64 * 1024});
//
// Strict, so that each body has one text: a size that is none, or has a zero before it, and a body without its comma
// are corrupt. The size is held against the limit digit by digit, so it has no more of them than the limit has.
#pragma once

#include <hawser/frame/codec.hpp>

namespace hawser::inline v0::frame {

/// How long a netstring may be.
struct netstring_layout {
    static constexpr std::size_t shortest_frame = 3;   ///< "0:,"
    /// On the whole frame: size, colon and comma are counted.
    std::size_t max_frame = default_max_frame;
};

class netstring {
public:
    /// Throws std::invalid_argument for a limit that no frame fits under, and for one that no buffer holds.
    explicit netstring(netstring_layout layout = {});

    /// An empty body is "0:,". too_long: over the limit, known before its colon comes. corrupt: no netstring.
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;   ///< as codec says: too_long if it is
    [[nodiscard]] std::size_t max_frame() const noexcept { return layout_.max_frame; }

    /// As it was given.
    [[nodiscard]] const netstring_layout& layout() const noexcept { return layout_; }

private:
    netstring_layout layout_;
};

static_assert(codec<netstring>);

}   // namespace hawser::frame
