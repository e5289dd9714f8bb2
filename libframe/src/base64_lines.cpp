#include <hawser/frame/base64_lines.hpp>

#include <hawser/frame/base64.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hawser::inline v0::frame {

base64_lines::base64_lines(base64_layout layout) : layout_(layout) {
    if (base64_letters.find(layout.delimiter) != std::string_view::npos || layout.delimiter == '=')
        throw std::invalid_argument("base64-lines: the delimiter '" + std::string(1, layout.delimiter) +
                                    "' is a character of base64");
    if (!layout_.max_frame) layout_.max_frame = default_max_frame;
    if (max_frame() == 0) throw std::invalid_argument("base64-lines: max is 0, but a delimiter alone has 1 byte");
}

decoded base64_lines::decode(const window& seen) const noexcept {
    const std::string_view text = as_text(seen.data.first(std::min(seen.data.size(), max_frame())));
    const std::size_t end = text.find(layout_.delimiter, seen.scanned);
    if (end != std::string_view::npos) {
        if (!is_base64(text.substr(0, end))) return decoded::failed(errc::corrupt);
        return decoded::frame(seen.data.first(end), end + 1);
    }
    if (text.size() == max_frame()) return decoded::failed(errc::too_long);
    if (seen.at_end) return decoded::failed(errc::truncated);
    return decoded::need_more(text.size() + 1, text.size());
}

mutable_bytes base64_lines::unwrap(mutable_bytes text) const noexcept { return from_base64(text); }

error_code base64_lines::encode(bytes body, byte_buffer& out) const {
    if (body.size() >= max_frame() || base64_size(body.size()) >= max_frame()) return errc::too_long;
    // So that nothing is half done when there is no memory.
    static_cast<void>(out.prepare(base64_size(body.size()) + 1));
    append_base64(body, out);
    out.append(static_cast<std::byte>(layout_.delimiter));
    return {};
}

}   // namespace hawser::frame
