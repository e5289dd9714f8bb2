#include <tools/fitting.hpp>

#include <algorithm>
#include <cstddef>

namespace hawser::tools {

namespace {

constexpr std::size_t width = 80;

// Where the rest of a line goes on.
std::size_t indent_of(std::string_view line) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == 0 || first == std::string_view::npos) return 0;
    const std::size_t gap = line.find("  ", first);
    const std::size_t behind = gap == std::string_view::npos ? gap : line.find_first_not_of(' ', gap);
    return behind == std::string_view::npos ? first + 2 : behind;
}

void append_fitted(std::string& made, std::string_view line) {
    const std::size_t indent = indent_of(line);
    std::size_t room = width;
    std::size_t least = indent;   // the first part is not broken before what it is about
    while (line.size() > room) {
        std::size_t space = line.rfind(' ', room);
        if (space == std::string_view::npos || space <= least) space = line.find(' ', std::max(room, least));
        if (space == std::string_view::npos) break;
        made.append(line.substr(0, space)).append(1, '\n').append(indent, ' ');
        line.remove_prefix(space + 1);
        room = width - indent;
        least = 0;
    }
    made.append(line).append(1, '\n');
}

}  // namespace

std::string fitted(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        append_fitted(made, line);
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return made;
}

}  // namespace hawser::tools
