// between_ends: what COBS and SLIP have in common. A frame ends with a byte that is nowhere inside of it, and ends
// without anything between them are passed over.
#pragma once

#include <hawser/frame/codec.hpp>

#include <algorithm>

namespace hawser::inline v0::frame {

/// The first frame, its body as it came; what `is_good` refuses is dropped.
template <class Judge>
[[nodiscard]] decoded between_ends(char end, const window& seen, std::size_t max_frame, Judge is_good) noexcept {
    constexpr std::size_t none = std::string_view::npos;
    const std::string_view text = as_text(seen.data.first(std::min(seen.data.size(), max_frame)));
    // What was scanned is ends alone, or ends and what a frame begins with. The last byte tells which.
    const bool has_begun = seen.scanned > 0 && text[seen.scanned - 1] != end;
    const std::size_t inside = has_begun ? seen.scanned : text.find_first_not_of(end, seen.scanned);
    const std::size_t stop = inside == none ? none : text.find(end, inside);
    if (stop != none) {
        const std::size_t begin = text.find_first_not_of(end);
        const bytes body = seen.data.subspan(begin, stop - begin);
        return is_good(body) ? decoded::frame(body, stop + 1) : decoded::skip(stop + 1, errc::corrupt);
    }
    if (inside == none && !text.empty() && (seen.at_end || text.size() == max_frame))
        return decoded::skip(text.size(), errc::corrupt);
    if (text.size() == max_frame) return decoded::failed(errc::too_long);
    if (seen.at_end) return decoded::failed(errc::truncated);
    return decoded::need_more(text.size() + 1, text.size());
}

}   // namespace hawser::frame
