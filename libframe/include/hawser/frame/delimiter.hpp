// delimiter: frames that end with one of a few marks. Lines of text, for one.
//
//   const auto lines = frame::delimiter::lines();                       // "\n" or "\r\n"; neither is delivered
//   const frame::delimiter records({.marks = {"\x1e"}, .strip = false, .max_frame = 4096});
//
// A frame ends with the first byte that completes a mark; if that byte completes several, the
// longest of them is the mark.
#pragma once

#include <hawser/frame/codec.hpp>
#include <hawser/frame/marks.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace hawser::inline v0::frame {

/// What ends a frame, and how long it may be. Trivial to copy and to destroy, so that it may be written in braces
/// inside a co_await (g++ 12).
struct delimiter_layout {
    /// The first is the one that is written. None may be empty, or be in another but at its end, as that
    /// other could never be found.
    frame::marks marks = {};
    bool strip = true;   ///< deliver frames without their mark
    /// On the whole frame, mark included. None: default_max_frame.
    std::optional<std::size_t> max_frame = std::nullopt;
};

class delimiter {
public:
    /// Throws std::invalid_argument for marks that make no sense, and for a limit that no frame fits under.
    explicit delimiter(const delimiter_layout& layout);

    /// Text lines: they end with "\n" or "\r\n", and are written with "\n".
    [[nodiscard]] static delimiter lines(std::optional<std::size_t> max_frame = {}) {
        return delimiter({.marks = {"\n", "\r\n"}, .max_frame = max_frame});
    }

    /// too_long when there is no mark within the limit; truncated for an unfinished last frame.
    [[nodiscard]] decoded decode(const window& seen) const noexcept;
    /// unencodable: the body holds a mark, or makes one with the mark behind it, or lacks it though `strip` is off.
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;
    [[nodiscard]] std::size_t max_frame() const noexcept { return *layout_.max_frame; }

    /// As it was given, with `max_frame` filled in.
    [[nodiscard]] const delimiter_layout& layout() const noexcept { return layout_; }

private:
    [[nodiscard]] std::string_view mark_that_ends(std::string_view text) const noexcept;

    delimiter_layout layout_;
    std::string last_bytes_;    // of the marks, each once
    std::size_t longest_ = 0;   // mark
};

static_assert(codec<delimiter>);

}   // namespace hawser::frame
