#include <tools/wrapping.hpp>

#include <algorithm>
#include <cstddef>

namespace hawser::tools {

namespace {

constexpr std::size_t width = 80;

// The column at which the rest of a line goes on.
std::size_t indent_of(std::string_view line) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == 0 || first == std::string_view::npos) return 0;
    const std::size_t gap = line.find("  ", first);
    const std::size_t behind = gap == std::string_view::npos ? gap : line.find_first_not_of(' ', gap);
    return behind == std::string_view::npos ? first + 2 : behind;
}

void append_wrapped(std::string& text, std::string_view line) {
    const std::size_t indent = indent_of(line);
    std::size_t room = width;
    std::size_t least = indent;   // no break before the indented text begins
    while (line.size() > room) {
        std::size_t space = line.rfind(' ', room);
        if (space == std::string_view::npos || space <= least) space = line.find(' ', std::max(room, least));
        if (space == std::string_view::npos) break;
        text.append(line.substr(0, space)).append(1, '\n').append(indent, ' ');
        line.remove_prefix(space + 1);
        room = width - indent;
        least = 0;
    }
    text.append(line).append(1, '\n');
}

}   // namespace

std::string wrapped(std::string_view text) {
    std::string wrapped_text;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        append_wrapped(wrapped_text, line);
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return wrapped_text;
}

}   // namespace hawser::tools
