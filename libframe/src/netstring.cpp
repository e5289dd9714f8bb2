#include <hawser/frame/netstring.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::frame {

namespace {

constexpr std::size_t punctuation = 2;   // the colon and the comma

bool is_digit(std::byte octet) noexcept { return octet >= std::byte{'0'} && octet <= std::byte{'9'}; }

}   // namespace

netstring::netstring(netstring_layout layout) : layout_(layout) {
    if (layout.max_frame < netstring_layout::shortest_frame || layout.max_frame > byte_buffer::most)
        throw std::invalid_argument("netstring: max is " + std::to_string(netstring_layout::shortest_frame) + " to " +
                                    std::to_string(byte_buffer::most) + ", not " + std::to_string(layout.max_frame));
}

decoded netstring::decode(const window& seen) const noexcept {
    const bytes data = seen.data;
    std::size_t size = 0, digits = 0;
    std::size_t total = netstring_layout::shortest_frame;   // at least, if more digits come
    for (; digits < data.size() && is_digit(data[digits]); ++digits) {
        if (digits > 0 && size == 0) return decoded::failed(errc::corrupt);   // 05
        size = 10 * size + std::to_integer<std::size_t>(data[digits] & std::byte{0x0f});
        total = digits + 1 + punctuation + size;
        if (total > max_frame()) return decoded::failed(errc::too_long);
    }
    if (digits < data.size() && (digits == 0 || data[digits] != std::byte{':'})) return decoded::failed(errc::corrupt);
    if (data.size() < total) return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(total);
    if (data[total - 1] != std::byte{','}) return decoded::failed(errc::corrupt);
    return decoded::frame(data.subspan(digits + 1, size), total);
}

error_code netstring::encode(bytes body, byte_buffer& out) const {
    std::array<char, std::numeric_limits<std::size_t>::digits10 + 2> front;   // of the size, and the colon
    char* const colon = std::to_chars(front.data(), front.data() + front.size() - 1, body.size()).ptr;
    *colon = ':';
    const bytes size = as_bytes(std::string_view(front.data(), colon + 1));
    if (body.size() > max_frame() || size.size() + body.size() + 1 > max_frame()) return errc::too_long;
    const std::size_t total = size.size() + body.size() + 1;
    std::byte* to = out.prepare(total).data();
    to = std::ranges::copy(size, to).out;
    to = std::ranges::copy(body, to).out;
    *to = std::byte{','};
    out.commit(total);
    return {};
}

}   // namespace hawser::frame
