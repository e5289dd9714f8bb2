// chunk_reference: what http_chunk must find in a stream, told as plainly as it can be: the chunks at its front that
// are whole and good. It knows the whole stream.
#pragma once

#include <hawser/testing/cutting.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::test {

/// The bytes that the good chunk at the front takes, and its body; 0 if there is none.
inline std::size_t good_chunk(std::string_view text, std::size_t max_frame, std::string& body) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, std::min(end, text.size()));
    const std::string_view digits = line.substr(0, line.find_first_not_of("0123456789abcdefABCDEF"));
    const std::string_view extensions = line.substr(digits.size());
    const auto is_control = [](unsigned char octet) { return (octet < 0x20 && octet != '\t') || octet == 0x7f; };
    if (end == std::string_view::npos || line.size() > 256 || digits.empty() || digits.size() > 16) return 0;
    if (!extensions.empty() && std::string_view("; \t").find(extensions.front()) == std::string_view::npos) return 0;
    if (std::ranges::any_of(extensions, is_control)) return 0;
    const unsigned long long size = std::stoull(std::string(digits), nullptr, 16);
    if (size > text.size() || end + size + 4 > std::min(text.size(), max_frame)) return 0;
    if (text.substr(end + 2 + size, 2) != "\r\n") return 0;
    body = text.substr(end + 2, size);
    return end + size + 4;
}

/// Throws broken_law unless the codec finds the same.
template <frame::codec Codec>
void finds_the_good_chunks(const Codec& codec, std::string_view stream) {
    std::vector<std::string> right, found;
    std::string body;
    for (std::size_t at = 0, size = 0; (size = good_chunk(stream.substr(at), codec.max_frame(), body)) > 0; at += size)
        right.push_back(body);
    for (const auto& one : laws::cut_at_once(codec, stream))
        if (one.what == frame::decoded::kind::frame) found.push_back(one.body);
    laws::law(found == right, "what is found is the chunks that are good");
}

}   // namespace hawser::test
