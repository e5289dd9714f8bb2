#include <hawser/frame/length_field.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace hawser::frame {

namespace {

std::string numbers_of(const length_layout& of) {
    std::string text = "offset=" + std::to_string(of.offset) + ", width=" + std::to_string(of.width) +
                       ", adjust=" + std::to_string(of.adjust);
    if (of.strip) text += ", strip=" + std::to_string(*of.strip);
    if (of.max_frame) text += ", max=" + std::to_string(*of.max_frame);
    return text;
}

}  // namespace

void length_field::refuse(const char* rule, const length_layout& layout, std::int64_t bound) {
    std::string message = "length field: it must be that " + std::string(rule);
    if (bound != 0) message += " (" + std::to_string(bound) + ")";
    throw std::invalid_argument(message + "; here " + numbers_of(layout));
}

// A frame over the limit.
decoded length_field::over(std::uint64_t value) const noexcept {
    constexpr std::uint64_t most = std::numeric_limits<std::size_t>::max();
    if (layout_.over == over_limit::fail) return decoded::failed(errc::too_long);
    return decoded::skip(value > most - uncounted_ ? most : uncounted_ + value, errc::too_long);
}

error_code length_field::encode(bytes body, byte_buffer& out) const {
    if (const errc refused = refusal(body.size()); refused != errc{}) return refused;
    if (strip_ < header_size() && !holds_its_length(body)) return errc::unencodable;
    std::byte* const to = append_frame(body.size(), out);
    if (!body.empty()) std::memcpy(to, body.data(), body.size());
    return {};
}

void length_field::write_prefix(std::byte* frame) const noexcept {
    std::fill_n(frame, strip_, std::byte{0});
    std::copy_n(layout_.prefix.begin(), layout_.prefix_size, frame);
}

// Whether the part of the length that is not stripped, and so lies in the body, is there already.
bool length_field::holds_its_length(bytes body) const noexcept {
    std::array<std::byte, 8> field{};
    store(strip_ + body.size() - uncounted_, field.data());
    const std::size_t stripped = strip_ > layout_.offset ? strip_ - layout_.offset : 0;   // of the length
    const bytes kept = bytes(field).first(layout_.width).subspan(stripped);
    return std::ranges::equal(body.subspan(layout_.offset + stripped - strip_, kept.size()), kept);
}

}  // namespace hawser::frame
