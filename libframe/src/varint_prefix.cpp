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
    if (layout.offset > varint_layout::largest_offset)
        throw std::invalid_argument("varint: offset is 65535 at most, not " + std::to_string(layout.offset));
    if (layout.offset > 0 && !layout.whole)
        throw std::invalid_argument("varint: what has bytes before its length is delivered whole: strip=0");
    const std::size_t bound = layout.offset + layout.longest + largest_value_;
    if (!layout_.max_frame) layout_.max_frame = default_max_frame;
    if (max_frame() < layout.offset + 1 || max_frame() > bound)
        throw std::invalid_argument("varint: max is " + std::to_string(layout.offset + 1) + " to " +
                                    std::to_string(bound) + " (" + std::to_string(layout.longest) +
                                    " bytes of length and what they can express), not " + std::to_string(max_frame()));
}

decoded varint_prefix::decode(const window& seen) const noexcept {
    const auto more = [&](std::size_t total) {
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(total);
    };
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < layout_.longest; ++i) {
        const std::size_t header = layout_.offset + i + 1;   // up to here
        if (header > seen.data.size()) return more(header);
        const auto septet = std::to_integer<std::uint64_t>(seen.data[header - 1]);
        value |= (septet & 0x7f) << (7 * i);
        if ((septet & 0x80) != 0) {
            if (header == max_frame() && i + 1 < layout_.longest) return decoded::failed(errc::too_long);
            continue;
        }
        if (septet == 0 && i > 0 && !layout_.accept_padded) return decoded::failed(errc::corrupt);
        if (header > max_frame() || value > max_frame() - header) return decoded::failed(errc::too_long);
        const std::size_t total = header + value;
        if (seen.data.size() < total) return more(total);
        const std::size_t strip = layout_.whole ? 0 : header;
        return decoded::frame(seen.data.subspan(strip, total - strip), total);
    }
    return decoded::failed(errc::corrupt);
}

error_code varint_prefix::encode(bytes body, byte_buffer& out) const {
    if (layout_.whole) return encode_whole(body, out);
    const std::size_t prefix = prefix_size(body.size());
    if (prefix == 0) return errc::too_long;
    std::byte* const frame = out.prepare(prefix + body.size()).data();
    std::ranges::copy(body, write_prefix(body.size(), frame));
    out.commit(prefix + body.size());
    return {};
}

// It holds its length already.
error_code varint_prefix::encode_whole(bytes frame, byte_buffer& out) const {
    if (frame.size() > max_frame()) return errc::too_long;
    const decoded told = decode({frame, 0, true});
    if (!told.is_frame() || told.used() != frame.size()) return errc::unencodable;
    out.append(frame);
    return {};
}

}   // namespace hawser::frame
