#include "byte_diagram.hpp"

#include <algorithm>

namespace hawser::inline v0::protocol {

namespace {

constexpr std::size_t most_columns = 100;
// More bytes than this are not drawn one by one.
constexpr std::size_t most_single = 8;

struct drawn_box {
    std::string border;
    std::string label;
};

// Each byte of a box as wide as the others, and all together wide enough for the label.
drawn_box draw(const byte_box& box) {
    const std::string label = box.size && *box.size > most_single
                                  ? box.label + ", " + std::to_string(*box.size) + " bytes"
                                  : box.label;
    const std::size_t needed = label.size() + 2;
    drawn_box made;
    if (!box.size) {
        while (made.border.size() < needed) made.border += made.border.empty() ? "-" : " -";
    } else if (*box.size <= most_single) {
        const std::size_t pitch = std::max<std::size_t>(4, (needed + *box.size) / *box.size);
        for (std::size_t i = 0; i < *box.size; ++i) made.border += (i == 0 ? "" : "+") + std::string(pitch - 1, '-');
    } else {
        const std::string byte = "---+";
        made.border = byte + byte + std::string(std::max<std::size_t>(5, needed > 16 ? needed - 16 : 0), '.') +
                      "+---+---";
    }
    const std::size_t space = made.border.size() - label.size();
    made.label = std::string(space / 2, ' ') + label + std::string(space - space / 2, ' ');
    return made;
}

void put_at(std::string& line, std::size_t column, const std::string& text) {
    line.resize(std::max(column, line.size()), ' ');
    line += text;
}

struct row {
    std::string offsets, border, labels;

    [[nodiscard]] std::string text() const { return offsets + '\n' + border + "+\n" + labels + "|\n" + border + '+'; }
};

}   // namespace

std::string byte_diagram(const std::vector<byte_box>& boxes) {
    std::vector<row> rows(1);
    std::optional<std::size_t> offset = 0;
    for (const byte_box& box : boxes) {
        const drawn_box drawn = draw(box);
        if (!rows.back().border.empty() && rows.back().border.size() + drawn.border.size() + 2 > most_columns)
            rows.emplace_back();
        row& into = rows.back();
        if (offset) put_at(into.offsets, into.border.size(), std::to_string(*offset));
        into.border += '+' + drawn.border;
        into.labels += '|' + drawn.label;
        offset = offset && box.size ? std::optional(*offset + *box.size) : std::nullopt;
    }
    std::string made;
    for (const row& one : rows) made += (made.empty() ? "" : "\n") + one.text();
    return made;
}

}   // namespace hawser::protocol
