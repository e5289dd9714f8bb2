#include <hawser/frame/delimiter.hpp>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace hawser::inline v0::frame {

namespace {

// Where `one` ends before `other` does, the frame ends there already.
void check_pair(std::string_view one, std::string_view other) {
    const std::size_t at = other.find(one);
    if (at == std::string::npos || (at + one.size() == other.size() && at > 0)) return;
    const std::string where = one == other ? " is the same as " : at == 0 ? " is the beginning of " : " is inside of ";
    throw std::invalid_argument("delimiter: " + to_hex(as_bytes(one), '\0') + where + to_hex(as_bytes(other), '\0') +
                                ", which could never be found");
}

void check_marks(const marks& all) {
    if (all.empty()) throw std::invalid_argument("delimiter: at least one is needed");
    for (std::size_t one = 0; one < all.size(); ++one) {
        if (all[one].empty()) throw std::invalid_argument("delimiter: an empty one ends nothing");
        for (std::size_t other = 0; other < all.size(); ++other)
            if (one != other) check_pair(all[one], all[other]);
    }
}

}   // namespace

delimiter::delimiter(const delimiter_layout& layout) : layout_(layout) {
    check_marks(layout_.marks);
    for (const std::string_view mark : layout_.marks) {
        longest_ = std::max(longest_, mark.size());
        if (last_bytes_.find(mark.back()) == std::string::npos) last_bytes_ += mark.back();
    }
    if (!layout_.max_frame) layout_.max_frame = default_max_frame;
    if (max_frame() < longest_)
        throw std::invalid_argument("delimiter: max is " + std::to_string(max_frame()) +
                                    ", but a delimiter alone has " + std::to_string(longest_) + " bytes");
}

// The longest mark that `text` ends with; empty if it ends with none.
std::string_view delimiter::mark_that_ends(std::string_view text) const noexcept {
    std::string_view longest;
    for (const std::string_view mark : layout_.marks)
        if (mark.size() > longest.size() && text.ends_with(mark)) longest = mark;
    return longest;
}

decoded delimiter::decode(const window& seen) const noexcept {
    const std::string_view text = as_text(seen.data.first(std::min(seen.data.size(), max_frame())));
    for (std::size_t at = seen.scanned;; ++at) {
        // The first is memchr, and many times faster.
        at = last_bytes_.size() == 1 ? text.find(last_bytes_.front(), at) : text.find_first_of(last_bytes_, at);
        if (at == std::string_view::npos) break;
        const std::string_view mark = mark_that_ends(text.substr(0, at + 1));
        if (mark.empty()) continue;
        const std::size_t total = at + 1;
        return decoded::frame(seen.data.first(layout_.strip ? total - mark.size() : total), total);
    }
    if (text.size() == max_frame()) return decoded::failed(errc::too_long);
    if (seen.at_end) return decoded::failed(errc::truncated);
    return decoded::need_more(text.size() + 1, text.size());
}

error_code delimiter::encode(bytes body, byte_buffer& out) const {
    const std::string_view mark = layout_.strip ? layout_.marks.front() : std::string_view();
    if (body.size() > max_frame() - mark.size()) return errc::too_long;
    const std::size_t before = out.size();
    static_cast<void>(out.prepare(body.size() + mark.size()));   // so that nothing is half done when there is no memory
    out.append(body);
    out.append(as_bytes(mark));
    // A reader must find this mark, here, and none before it.
    const bytes made = out.view().subspan(before);
    const decoded read = decode({made, 0, true});
    if (read.is_frame() && read.used() == made.size() && read.body().size() == body.size()) return {};
    out.truncate(before);
    return errc::unencodable;
}

}   // namespace hawser::frame
