#include <hawser/frame/length_field.hpp>

#include <boost/endian/conversion.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace hawser::frame {

namespace {

using boost::endian::endian_load;
using boost::endian::endian_store;
using boost::endian::order;

std::string numbers_of(const length_layout& of) {
    std::string text = "offset=" + std::to_string(of.offset) + ", width=" + std::to_string(of.width) +
                       ", adjust=" + std::to_string(of.adjust);
    if (of.strip) text += ", strip=" + std::to_string(*of.strip);
    if (of.max_frame) text += ", max=" + std::to_string(*of.max_frame);
    return text;
}

std::size_t saturated_sum(std::size_t one, std::size_t other) noexcept {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    return other > most - one ? most : one + other;
}

template <order Order>
std::uint64_t load_as(unsigned width, const unsigned char* field) noexcept {
    switch (width) {
        case 1: return endian_load<std::uint64_t, 1, Order>(field);
        case 2: return endian_load<std::uint64_t, 2, Order>(field);
        case 3: return endian_load<std::uint64_t, 3, Order>(field);
        case 4: return endian_load<std::uint64_t, 4, Order>(field);
        default: return endian_load<std::uint64_t, 8, Order>(field);
    }
}

template <order Order>
void store_as(unsigned width, unsigned char* field, std::uint64_t value) noexcept {
    switch (width) {
        case 1: return endian_store<std::uint64_t, 1, Order>(field, value);
        case 2: return endian_store<std::uint64_t, 2, Order>(field, value);
        case 3: return endian_store<std::uint64_t, 3, Order>(field, value);
        case 4: return endian_store<std::uint64_t, 4, Order>(field, value);
        default: return endian_store<std::uint64_t, 8, Order>(field, value);
    }
}

}  // namespace

void length_field::refuse(const char* rule, const length_layout& layout, std::int64_t bound) {
    std::string message = "length field: it must be that " + std::string(rule);
    if (bound != 0) message += " (" + std::to_string(bound) + ")";
    throw std::invalid_argument(message + "; here " + numbers_of(layout));
}

std::uint64_t length_field::load(bytes field) const noexcept {
    const auto* first = reinterpret_cast<const unsigned char*>(field.data());
    return layout_.order == byte_order::big ? load_as<order::big>(layout_.width, first)
                                            : load_as<order::little>(layout_.width, first);
}

void length_field::store(std::uint64_t value, std::byte* field) const noexcept {
    auto* first = reinterpret_cast<unsigned char*>(field);
    if (layout_.order == byte_order::big) store_as<order::big>(layout_.width, first, value);
    else store_as<order::little>(layout_.width, first, value);
}

decoded length_field::decode(window seen) const noexcept {
    const auto more = [&](std::size_t total) {
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(total);
    };
    const std::size_t header = header_size();
    if (seen.data.size() < header) return more(header);
    const std::uint64_t value = load(seen.data.subspan(layout_.offset, layout_.width));
    // Compared before anything is added: the value is the peer's, and may be anything.
    const auto uncounted = static_cast<std::size_t>(std::max<std::ptrdiff_t>(layout_.adjust, 0));
    const auto overcounted = static_cast<std::size_t>(std::max<std::ptrdiff_t>(-layout_.adjust, 0));
    if (value < overcounted) return decoded::failed(errc::too_short);
    const std::size_t behind = value - overcounted;
    if (behind > max_frame() - header - uncounted) {
        if (layout_.over == over_limit::fail) return decoded::failed(errc::too_long);
        return decoded::skip(saturated_sum(header + uncounted, behind), errc::too_long);
    }
    const std::size_t total = header + uncounted + behind;
    if (seen.data.size() < total) return more(total);
    return decoded::frame(seen.data.subspan(*layout_.strip, total - *layout_.strip), total);
}

error_code length_field::encode(bytes body, byte_buffer& out) const {
    const std::size_t strip = *layout_.strip;
    if (body.size() > max_frame() - strip) return errc::too_long;
    const std::size_t total = strip + body.size();
    const auto uncounted = static_cast<std::ptrdiff_t>(header_size()) + layout_.adjust;   // never negative
    if (total < header_size() || total < static_cast<std::size_t>(uncounted)) return errc::unencodable;
    const std::uint64_t value = total - static_cast<std::size_t>(uncounted);
    if (value > largest_value()) return errc::too_long;
    if (strip < header_size() && !holds_its_length(body, value)) return errc::unencodable;
    const mutable_bytes frame = out.prepare(total);
    if (layout_.offset > 0 || strip > layout_.width) {   // otherwise the length covers all of it
        std::ranges::fill(frame.first(strip), std::byte{0});
        std::ranges::copy(bytes(layout_.prefix).first(layout_.prefix_size), frame.begin());
    }
    if (!body.empty()) std::memcpy(frame.data() + strip, body.data(), body.size());
    store(value, frame.data() + layout_.offset);   // over what the body holds of it, too: it is the same
    out.commit(total);
    return {};
}

// Whether the part of the length that is not stripped, and so lies in the body, is there already.
bool length_field::holds_its_length(bytes body, std::uint64_t value) const noexcept {
    const std::size_t strip = *layout_.strip;
    std::array<std::byte, 8> field{};
    store(value, field.data());
    const std::size_t stripped = strip > layout_.offset ? strip - layout_.offset : 0;   // of the length
    const bytes kept = bytes(field).first(layout_.width).subspan(stripped);
    return std::ranges::equal(body.subspan(layout_.offset + stripped - strip, kept.size()), kept);
}

}  // namespace hawser::frame
