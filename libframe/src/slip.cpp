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

// Where the next escape is; the end if there is none.
std::size_t next_escape(bytes escaped, std::size_t from) noexcept {
    return std::min(as_text(escaped).find(static_cast<char>(esc), from), escaped.size());
}

bool is_escaped(bytes text) noexcept {
    for (std::size_t at = next_escape(text, 0); at < text.size(); at = next_escape(text, at + 2))
        if (at + 1 == text.size() || (text[at + 1] != esc_end && text[at + 1] != esc_esc)) return false;
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
    std::size_t at = next_escape(escaped, 0);   // what is before it stays
    std::byte* to = escaped.data() + at;
    for (; at < escaped.size(); ++at) {
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
