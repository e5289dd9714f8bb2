#include "input_line.hpp"

#include <hawser/bytes.hpp>

#include <algorithm>
#include <optional>

namespace hawser::talk {

namespace {

constexpr std::string_view blank = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

input_line wrong(std::string why) { return {input_kind::wrong, std::move(why)}; }

// Takes an escape off `text`, which stands behind a backslash; none if there is no such escape.
std::optional<char> take_escape(std::string_view& text) {
    if (text.empty()) return std::nullopt;
    const char letter = text.front();
    text.remove_prefix(1);
    switch (letter) {
        case '\\': return '\\';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'x': break;
        default: return std::nullopt;
    }
    const auto high = text.empty() ? std::nullopt : hex_digit(text[0]);
    const auto low = text.size() < 2 ? std::nullopt : hex_digit(text[1]);
    if (!high || !low) return std::nullopt;
    text.remove_prefix(2);
    return static_cast<char>(*high * 16 + *low);
}

input_line read_text(std::string_view text) {
    input_line line{input_kind::text};
    while (!text.empty()) {
        const std::size_t plain = std::min(text.find('\\'), text.size());
        line.data += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        text.remove_prefix(1);
        const auto letter = take_escape(text);
        if (!letter) return wrong("behind a backslash comes x and two hex digits, n, r, t, or another backslash");
        line.data += *letter;
    }
    return line;
}

input_line read_command(std::string_view line) {
    const std::string_view name = line.substr(0, line.find_first_of(blank));
    if (name == ":help") return {input_kind::help};
    if (name != ":hex")
        return wrong("there is :hex and :help; to send a line that begins with a colon, write it as \\x3a");
    const auto data = from_hex(trimmed(line.substr(name.size())));
    if (!data || data->empty()) return wrong(":hex takes bytes, two digits each: :hex 00 01 ff");
    return {input_kind::exact, std::string(as_text(*data))};
}

}   // namespace

input_line parse_input_line(std::string_view line) {
    const std::string_view words = trimmed(line);
    if (words.empty()) return {};
    if (words == "q" || words == "quit") return {input_kind::quit};
    if (words.front() == ':') return read_command(words);
    return read_text(line);
}

}   // namespace hawser::talk
