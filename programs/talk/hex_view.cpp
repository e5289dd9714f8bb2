#include "hex_view.hpp"

#include <algorithm>
#include <cstdio>

namespace hawser::talk {

namespace {

constexpr std::size_t a_line = 16;
constexpr std::size_t half = a_line / 2;
constexpr std::size_t hex_width = 3 * a_line + 1;   // a space behind each byte, and one between the halves

std::string row(std::size_t offset, bytes data) {
    char column[20];
    std::snprintf(column, sizeof column, "%08zx  ", offset);
    std::string hex = to_hex(data.first(std::min(half, data.size())));
    if (data.size() > half) hex += "  " + to_hex(data.subspan(half));
    hex.resize(hex_width, ' ');
    std::string text(as_text(data));
    std::ranges::replace_if(text, [](char letter) { return letter < ' ' || letter > '~'; }, '.');
    return column + hex + '|' + text + "|\n";
}

}   // namespace

std::string hex_view(bytes data) {
    std::string all;
    for (std::size_t offset = 0; offset < data.size(); offset += a_line)
        all += row(offset, data.subspan(offset, std::min(a_line, data.size() - offset)));
    return all;
}

}   // namespace hawser::talk
