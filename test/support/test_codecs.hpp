// Two small codecs that do what length_field does not: they skip, and they look for an end.
#pragma once

#include <hawser/frame/codec.hpp>

#include <algorithm>

namespace hawser::test {

/// 'f' n and n bytes is a frame, 's' n and n bytes is to be skipped (said as soon as n is known), anything else fails.
class tagged {
public:
    [[nodiscard]] frame::decoded decode(const frame::window& seen) const noexcept {
        using frame::decoded;
        const auto more = [&](std::size_t total) {
            return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(total);
        };
        if (seen.data.empty()) return more(1);
        const char tag = as_text(seen.data).front();
        if (tag != 'f' && tag != 's') return decoded::failed(errc::too_short);
        if (seen.data.size() < 2) return more(2);
        const std::size_t size = std::to_integer<std::size_t>(seen.data[1]);
        if (tag == 's') return decoded::skip(2 + size, errc::too_long);
        if (seen.data.size() < 2 + size) return more(2 + size);
        return decoded::frame(seen.data.subspan(2, size), 2 + size);
    }

    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const {
        if (body.size() > 255) return errc::too_long;
        out.append(std::byte{'f'});
        out.append(static_cast<std::byte>(body.size()));
        out.append(body);
        return {};
    }

    [[nodiscard]] std::size_t max_frame() const noexcept { return 257; }
    bool operator==(const tagged&) const = default;
};

static_assert(frame::codec<tagged>);

/// A frame is a line. It never looks twice for the end in what it has scanned.
class lines {
public:
    explicit lines(std::size_t max_frame) : max_frame_(max_frame) {}

    [[nodiscard]] frame::decoded decode(const frame::window& seen) const noexcept {
        using frame::decoded;
        const std::string_view text = as_text(seen.data.first(std::min(seen.data.size(), max_frame_)));
        const std::size_t end = text.find('\n', seen.scanned);
        if (end != std::string_view::npos) return decoded::frame(seen.data.first(end), end + 1);
        if (text.size() == max_frame_) return decoded::failed(errc::too_long);
        if (seen.at_end) return decoded::failed(errc::truncated);
        return decoded::need_more(text.size() + 1, text.size());
    }

    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const {
        if (body.size() >= max_frame_ || as_text(body).find('\n') != std::string_view::npos) return errc::too_long;
        out.append(body);
        out.append(std::byte{'\n'});
        return {};
    }

    [[nodiscard]] std::size_t max_frame() const noexcept { return max_frame_; }

private:
    std::size_t max_frame_;
};

static_assert(frame::codec<lines>);

}   // namespace hawser::test
