#include <hawser/frame/varint_prefix.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::frame {

namespace {

// Five bytes could hold 35 bits; the formats that use them mean numbers of 32.
std::size_t largest_value(unsigned longest) noexcept {
    return longest == 4 ? (1U << 28) - 1 : std::numeric_limits<std::uint32_t>::max();
}

}   // namespace

varint_prefix::varint_prefix(varint_layout layout) : layout_(layout), largest_value_(largest_value(layout.longest)) {
    if (layout.longest != 4 && layout.longest != 5)
        throw std::invalid_argument("varint: a length of at most 4 or 5 bytes, not " + std::to_string(layout.longest));
    const std::size_t bound = layout.longest + largest_value_;
    if (!layout_.max_frame) layout_.max_frame = default_max_frame;
    if (max_frame() < 1 || max_frame() > bound)
        throw std::invalid_argument("varint: max is 1 to " + std::to_string(bound) + " (" +
                                    std::to_string(layout.longest) +
                                    " bytes of length and what they can express), not " + std::to_string(max_frame()));
}

decoded varint_prefix::decode(const window& seen) const noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < layout_.longest; ++i) {
        if (i == seen.data.size()) return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(i + 1);
        const auto septet = std::to_integer<std::uint64_t>(seen.data[i]);
        value |= (septet & 0x7f) << (7 * i);
        const std::size_t prefix = i + 1;
        if ((septet & 0x80) != 0) {
            if (prefix == max_frame() && prefix < layout_.longest) return decoded::failed(errc::too_long);
            continue;
        }
        if (septet == 0 && prefix > 1 && !layout_.accept_padded) return decoded::failed(errc::corrupt);
        if (prefix > max_frame() || value > max_frame() - prefix) return decoded::failed(errc::too_long);
        const std::size_t total = prefix + value;
        if (seen.data.size() >= total) return decoded::frame(seen.data.subspan(prefix, value), total);
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(total);
    }
    return decoded::failed(errc::corrupt);
}

error_code varint_prefix::encode(bytes body, byte_buffer& out) const {
    const std::size_t prefix = prefix_size(body.size());
    if (prefix == 0) return errc::too_long;
    std::byte* const frame = out.prepare(prefix + body.size()).data();
    std::ranges::copy(body, write_prefix(body.size(), frame));
    out.commit(prefix + body.size());
    return {};
}

}   // namespace hawser::frame
