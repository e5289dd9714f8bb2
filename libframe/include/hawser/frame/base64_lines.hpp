// base64_lines: any bytes, over a line that carries text: each frame is the base64 of its body (RFC 4648, section 4,
// with padding) and a delimiter that is no letter of base64.
//
//   const frame::base64_lines lines;                            // ends with "\n"
//   const frame::base64_lines piped({.delimiter = '|', .max_frame = 4096});
//
// Strict: a character outside the alphabet, missing padding or leftover bits are corrupt. An
// empty line is an empty body.
#pragma once

#include <hawser/frame/codec.hpp>

#include <optional>

namespace hawser::inline v0::frame {

/// How lines of base64 end, and how long they may be.
struct base64_layout {
    char delimiter = '\n';
    /// On the whole frame: the line as it is written, delimiter included. None: default_max_frame.
    std::optional<std::size_t> max_frame = std::nullopt;
};

class base64_lines {
public:
    /// Throws std::invalid_argument for a delimiter that base64 uses, and for a limit of 0.
    explicit base64_lines(base64_layout layout = {});

    /// A frame's body is the base64 text, known to be good; see unwrap().
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;   ///< as codec says: too_long if it is
    [[nodiscard]] std::size_t max_frame() const noexcept { return *layout_.max_frame; }

    /// Base64 that decode() gave to the bytes it stands for, in place.
    [[nodiscard]] mutable_bytes unwrap(mutable_bytes text) const noexcept;

    /// As it was given, with `max_frame` filled in.
    [[nodiscard]] const base64_layout& layout() const noexcept { return layout_; }

private:
    base64_layout layout_;
};

static_assert(wrapping_codec<base64_lines>);

}   // namespace hawser::frame
