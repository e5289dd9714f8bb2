#include <hawser/frame/base64_lines.hpp>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/binary_from_base64.hpp>
#include <boost/archive/iterators/transform_width.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hawser::frame {

namespace {

namespace flow = boost::archive::iterators;
using to_letters = flow::base64_from_binary<flow::transform_width<const char*, 6, 8>>;
using to_octets = flow::transform_width<flow::binary_from_base64<const char*>, 8, 6>;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::size_t encoded_size(std::size_t size) noexcept { return (size + 2) / 3 * 4; }

std::size_t padding_of(std::string_view text) noexcept {
    if (text.ends_with("==")) return 2;
    return text.ends_with('=') ? 1 : 0;
}

bool is_base64(std::string_view text) noexcept {
    if (text.empty()) return true;
    if (text.size() % 4 != 0) return false;
    const std::size_t padding = padding_of(text);
    const std::string_view letters = text.substr(0, text.size() - padding);
    if (letters.find_first_not_of(alphabet) != std::string_view::npos) return false;
    // The bits of the last letter that stand for nothing must be zero, so that each body has one form only.
    const std::size_t last = alphabet.find(letters.back());
    return padding == 0 || last % (padding == 1 ? 4 : 16) == 0;
}

}  // namespace

base64_lines::base64_lines(base64_layout layout) : layout_(layout) {
    if (alphabet.find(layout.delimiter) != std::string_view::npos || layout.delimiter == '=')
        throw std::invalid_argument("base64-lines: the delimiter '" + std::string(1, layout.delimiter) +
                                    "' is a character of base64");
    if (!layout_.max_frame) layout_.max_frame = default_max_frame;
    if (max_frame() == 0) throw std::invalid_argument("base64-lines: max is 0, but a delimiter alone has 1 byte");
}

decoded base64_lines::decode(window seen) const noexcept {
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

mutable_bytes base64_lines::unwrap(mutable_bytes text) const noexcept {
    if (text.empty()) return text;
    const std::size_t size = text.size() / 4 * 3 - padding_of(as_text(text));
    const to_octets octets(as_text(text).data());
    // Each group of letters is read before the shorter group of octets is written over it.
    std::copy_n(octets, size, reinterpret_cast<char*>(text.data()));
    return text.first(size);
}

error_code base64_lines::encode(bytes body, byte_buffer& out) const {
    if (body.size() > max_frame() / 4 * 3 || encoded_size(body.size()) >= max_frame()) return errc::too_long;
    const std::size_t total = encoded_size(body.size()) + 1;
    auto* line = reinterpret_cast<char*>(out.prepare(total).data());
    const std::string_view text = as_text(body);
    const char* end = std::copy(to_letters(text.data()), to_letters(text.data() + text.size()), line);
    std::fill_n(line + (end - line), line + total - 1 - end, '=');
    line[total - 1] = layout_.delimiter;
    out.commit(total);
    return {};
}

}  // namespace hawser::frame
