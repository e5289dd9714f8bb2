#include <tools/nearest.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace hawser::tools {

namespace {

// The Levenshtein distance: insertions, deletions and replacements. Only the last row of the table is kept.
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::size_t strangeness(std::string_view word, std::string_view name) {
    constexpr std::size_t abbreviation = 3;   // fewer letters begin too many names
    const bool begins = word.size() >= abbreviation && name.starts_with(word);
    return begins ? std::min<std::size_t>(1, name.size() - word.size()) : distance(word, name);
}

}   // namespace

std::string nearest(std::string_view word, std::span<const std::string> names) {
    std::size_t least = 1 + word.size() / 4;   // two letters exchanged are two changes, in a word of four too
    std::string found;
    for (const std::string& name : names) {
        const std::size_t away = strangeness(word, name);
        if (away > least || (away == least && !found.empty())) continue;
        least = away;
        found = name;
    }
    return found;
}

}   // namespace hawser::tools
