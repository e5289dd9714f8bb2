#include <hawser/frame/slip.hpp>

#include "between_ends.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::frame {

namespace {

// As RFC 1055 names them.
constexpr std::byte frame_end{0xc0};
constexpr std::byte esc{0xdb};
constexpr std::byte esc_end{0xdc};
constexpr std::byte esc_esc{0xdd};

bool is_escaped(bytes text) noexcept {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != esc) continue;
        if (++at == text.size() || (text[at] != esc_end && text[at] != esc_esc)) return false;
    }
    return true;
}

}   // namespace

slip::slip(slip_layout layout) : layout_(layout) {
    if (layout.max_frame < slip_layout::shortest_frame)
        throw std::invalid_argument("slip: max is " + std::to_string(layout.max_frame) +
                                    ", but a frame has 2 bytes at least");
}

decoded slip::decode(const window& seen) const noexcept {
    return between_ends(static_cast<char>(frame_end), seen, max_frame(), [](bytes text) { return is_escaped(text); });
}

mutable_bytes slip::unwrap(mutable_bytes escaped) const noexcept {
    std::byte* to = escaped.data();
    for (std::size_t at = 0; at < escaped.size(); ++at) {
        if (escaped[at] != esc) *to++ = escaped[at];
        else *to++ = escaped[++at] == esc_end ? frame_end : esc;
    }
    return escaped.first(static_cast<std::size_t>(to - escaped.data()));
}

error_code slip::encode(bytes body, byte_buffer& out) const {
    if (body.empty()) return errc::unencodable;
    const auto escapes = std::ranges::count_if(body,
                                               [](std::byte octet) { return octet == frame_end || octet == esc; });
    const std::size_t size = body.size() + static_cast<std::size_t>(escapes) + 1;
    if (size > max_frame()) return errc::too_long;
    std::byte* to = out.prepare(size).data();
    for (const std::byte octet : body) {
        const bool escapes_it = octet == frame_end || octet == esc;
        if (escapes_it) *to++ = esc;
        *to++ = !escapes_it ? octet : octet == frame_end ? esc_end : esc_esc;
    }
    *to = frame_end;
    out.commit(size);
    return {};
}

}   // namespace hawser::frame
