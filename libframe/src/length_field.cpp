#include <hawser/frame/length_field.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::frame {

namespace {

std::string numbers_of(const length_layout& of) {
    std::string text = "offset=" + std::to_string(of.offset) + ", width=" + std::to_string(of.width) +
                       ", adjust=" + std::to_string(of.adjust);
    if (of.strip) text += ", strip=" + std::to_string(*of.strip);
    if (of.max_frame) text += ", max=" + std::to_string(*of.max_frame);
    return text;
}

}   // namespace

void length_field::refuse(const char* rule, const length_layout& layout, std::int64_t bound) {
    std::string message = "length field: it must be that " + std::string(rule);
    if (bound != 0) message += " (" + std::to_string(bound) + ")";
    throw std::invalid_argument(message + "; here " + numbers_of(layout));
}

decoded length_field::decode(const window& seen) const noexcept {
    const std::size_t here = seen.data.size();
    std::size_t total = header_;
    if (here >= total) {
        const std::uint64_t value = load(seen.data.data() + layout_.offset);
        // Compared before anything is added: the value is the peer's, and may be anything.
        if (value < least_value_) return decoded::failed(errc::too_short);
        if (value > greatest_value_) return over(value);
        total = uncounted_ + value;
        if (here >= total) return decoded::frame(seen.data.subspan(strip_, total - strip_), total);
    }
    return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(total);
}

// A frame over the limit.
decoded length_field::over(std::uint64_t value) const noexcept {
    constexpr std::uint64_t most = std::numeric_limits<std::size_t>::max();
    if (layout_.over == over_limit::fail) return decoded::failed(errc::too_long);
    return decoded::skip(value > most - uncounted_ ? most : uncounted_ + value, errc::too_long);
}

error_code length_field::encode(bytes body, byte_buffer& out) const {
    if (const errc refused = refusal(body.size()); refused != errc{}) return refused;
    if (strip_ < header_size() && !layout_.fill && !holds_its_length(body)) return errc::unencodable;
    std::byte* const frame = out.prepare(strip_ + body.size()).data();
    std::byte* const to = write_prefix(body.size(), frame);
    // With the rest of its length, if that lies in there.
    if (!body.empty()) std::memcpy(to, body.data(), body.size());
    if (layout_.fill) store(strip_ + body.size() - uncounted_, frame + layout_.offset);
    out.commit(strip_ + body.size());
    return {};
}

// What comes before a body, and the length: a part of that may lie in the body.
std::byte* length_field::write_stripped(std::size_t size, std::byte* to) const noexcept {
    if (strip_ > layout_.width || layout_.offset > 0) {
        std::fill_n(to, strip_, std::byte{0});
        std::copy_n(layout_.prefix.begin(), layout_.prefix_size, to);
    }
    store(strip_ + size - uncounted_, to + layout_.offset);
    return to + strip_;
}

void length_field::store(std::uint64_t value, std::byte* field) const noexcept {
    for (std::size_t i = 0; i < layout_.width; ++i) {
        const std::size_t at = layout_.order == byte_order::big ? layout_.width - 1 - i : i;
        field[at] = static_cast<std::byte>(value >> (8 * i));
    }
}

// Whether the part of the length that is not stripped, and so lies in the body, is there already.
bool length_field::holds_its_length(bytes body) const noexcept {
    std::array<std::byte, 8> field{};
    store(strip_ + body.size() - uncounted_, field.data());
    const std::size_t stripped = strip_ > layout_.offset ? strip_ - layout_.offset : 0;   // of the length
    const bytes kept = bytes(field).first(layout_.width).subspan(stripped);
    return std::ranges::equal(body.subspan(layout_.offset + stripped - strip_, kept.size()), kept);
}

}   // namespace hawser::frame
