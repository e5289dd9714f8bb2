#include <hawser/frame/http_chunk.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::frame {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t around = 2 * line_end.size();   // behind the line of the size, and behind the body

std::size_t hex_value(char digit) noexcept {
    constexpr std::size_t none = 16;
    if (digit >= '0' && digit <= '9') return static_cast<std::size_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::size_t>(digit - 'a') + 10;
    return digit >= 'A' && digit <= 'F' ? static_cast<std::size_t>(digit - 'A') + 10 : none;
}

// What an extension may consist of.
bool is_text(char letter) noexcept {
    return letter == '\t' || (static_cast<unsigned char>(letter) >= ' ' && letter != '\x7f');
}

// How far the extensions go that begin at `from`, but not beyond `limit`.
std::size_t end_of_extensions(std::string_view text, std::size_t from, std::size_t limit) noexcept {
    if (from == text.size() || (text[from] != ';' && text[from] != ' ' && text[from] != '\t')) return from;
    const std::string_view rest = text.substr(from, limit - from);
    return from + static_cast<std::size_t>(std::ranges::find_if_not(rest, is_text) - rest.begin());
}

}   // namespace

http_chunk::http_chunk(chunk_layout layout) : layout_(layout) {
    if (layout.max_frame < chunk_layout::shortest_frame || layout.max_frame > byte_buffer::most)
        throw std::invalid_argument("http-chunk: max is " + std::to_string(chunk_layout::shortest_frame) + " to " +
                                    std::to_string(byte_buffer::most) + ", not " + std::to_string(layout.max_frame));
}

decoded http_chunk::decode(const window& seen) const noexcept {
    const std::string_view text = as_text(seen.data);
    std::size_t size = 0, digits = 0;
    for (; digits < text.size() && hex_value(text[digits]) < 16; ++digits) {
        if (digits == chunk_layout::most_digits) return decoded::failed(errc::corrupt);
        size = 16 * size + hex_value(text[digits]);
        if (digits + 1 + size + around > max_frame()) return decoded::failed(errc::too_long);
    }
    if (digits == 0 && !text.empty()) return decoded::failed(errc::corrupt);
    const std::size_t room = max_frame() - size - around;   // for the line
    const std::size_t longest = std::min(room, chunk_layout::longest_line);
    const std::size_t line = end_of_extensions(text, digits, longest + 1);
    if (line > longest) return decoded::failed(longest < chunk_layout::longest_line ? errc::too_long : errc::corrupt);
    const std::string_view behind = text.substr(line, line_end.size());
    if (!line_end.starts_with(behind)) return decoded::failed(errc::corrupt);
    const std::size_t total = std::max(line + size + around, chunk_layout::shortest_frame);   // at least
    if (text.size() < total) return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(total);
    if (!text.substr(0, total).ends_with(line_end)) return decoded::failed(errc::corrupt);
    return decoded::frame(seen.data.subspan(line + line_end.size(), size), total);
}

error_code http_chunk::encode(bytes body, byte_buffer& out) const {
    std::array<char, chunk_layout::most_digits> digits;
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), body.size(), 16).ptr;
    const std::string_view line(digits.data(), end);
    if (body.size() > max_frame() || line.size() + body.size() + around > max_frame()) return errc::too_long;
    const std::size_t total = line.size() + body.size() + around;
    std::byte* to = out.prepare(total).data();
    to = std::ranges::copy(as_bytes(line), to).out;
    to = std::ranges::copy(as_bytes(line_end), to).out;
    to = std::ranges::copy(body, to).out;
    std::ranges::copy(as_bytes(line_end), to);
    out.commit(total);
    return {};
}

}   // namespace hawser::frame
