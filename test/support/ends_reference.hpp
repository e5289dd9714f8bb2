// ends_reference: what cobs and slip must find in a stream, told as plainly as it can be: it is split at each end, and
// what is between two of them is undone byte by byte.
#pragma once

#include <hawser/testing/cutting.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::test {

inline std::optional<std::string> plain_of_cobs(std::string_view text) {
    std::string plain;
    int left = 0;   // of the block
    bool zero_is_due = false;
    for (const char letter : text) {
        if (left > 0) {
            plain += letter;
            --left;
            continue;
        }
        if (zero_is_due) plain += '\0';
        left = static_cast<unsigned char>(letter) - 1;
        zero_is_due = left < 254;
    }
    return left == 0 ? std::optional(plain) : std::nullopt;
}

inline std::optional<std::string> plain_of_slip(std::string_view text) {
    std::string plain;
    bool is_escaped = false;
    for (const char letter : text) {
        if (is_escaped && letter != '\xdc' && letter != '\xdd') return std::nullopt;
        if (is_escaped) plain += letter == '\xdc' ? '\xc0' : '\xdb';
        else if (letter != '\xdb') plain += letter;
        is_escaped = !is_escaped && letter == '\xdb';
    }
    return is_escaped ? std::nullopt : std::optional(plain);
}

/// Throws broken_law unless the codec finds the same frames: all of them, or all before one that is over the limit.
template <frame::codec Codec>
void finds_what_is_between_ends(const Codec& codec, std::string_view stream, char end,
                                std::optional<std::string> (*plain_of)(std::string_view)) {
    std::vector<std::string> right, found;
    for (std::size_t from = 0, stop = stream.find(end); stop != std::string_view::npos;
         from = stop + 1, stop = stream.find(end, from)) {
        if (stop == from) continue;
        if (const auto plain = plain_of(stream.substr(from, stop - from))) right.push_back(*plain);
    }
    const auto told = laws::cut_at_once(codec, stream);
    for (const auto& one : told)
        if (one.what == frame::decoded::kind::frame) found.push_back(one.body);
    if (told.back().error == errc::too_long) {
        laws::law(found.size() <= right.size(), "no more is found than there is");
        right.resize(found.size());
    }
    laws::law(found == right, "what is found is what is between the ends");
}

}   // namespace hawser::test
