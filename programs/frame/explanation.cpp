#include "explanation.hpp"

#include <hawser/frame/base64.hpp>
#include <hawser/frame/running_crc.hpp>

#include <algorithm>
#include <optional>

namespace hawser::frame_program {

namespace {

using std::string;
using std::to_string;

string count_of(std::size_t count, const string& what = "byte") {
    return to_string(count) + " " + what + (count == 1 ? "" : "s");
}

string limit_of(const auto& codec) { return "the limit of " + count_of(codec.max_frame()); }

std::uint64_t number_in(bytes field, byte_order order) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < field.size(); ++i)
        value = value << 8 |
                std::to_integer<std::uint64_t>(order == byte_order::big ? field[i] : field[field.size() - 1 - i]);
    return value;
}

string cut_short(std::size_t here, std::optional<std::size_t> total = {}) {
    return "the input ends " + count_of(here) + " into a frame" + (total ? " of " + to_string(*total) : "");
}

// Says how long the unfinished frame would be, if its header has come.
string cut_short(const auto& codec, bytes unread, std::size_t header) {
    const frame::decoded open = codec.decode({unread, 0, false});
    const bool is_known = open.what() == frame::decoded::kind::need_more && unread.size() >= header;
    return cut_short(unread.size(), is_known ? std::optional(open.total()) : std::nullopt);
}

// One overload a codec.

string explained(const frame::length_field& codec, const error_code& error, bytes unread) {
    if (error == errc::truncated) return cut_short(codec, unread, codec.header_size());
    const auto& of = codec.layout();
    const string length = "the length " + to_string(number_in(unread.subspan(of.offset, of.width), of.order));
    if (error == errc::too_short)
        return length + " makes a frame shorter than its own header of " + count_of(codec.header_size());
    return length + " makes a frame over " + limit_of(codec);
}

string explained(const frame::varint_prefix& codec, const error_code& error, bytes unread) {
    const std::size_t before = std::min(codec.layout().offset, unread.size());
    const bytes length = unread.subspan(before);
    const auto end = std::ranges::find_if(length,
                                          [](std::byte septet) { return (septet & std::byte{0x80}) == std::byte{0}; });
    const auto size = static_cast<std::size_t>(end - length.begin()) + 1;   // of the length
    if (error == errc::truncated) return cut_short(codec, unread, before + size);
    const unsigned longest = codec.layout().longest;
    if (size > longest && error == errc::corrupt) return "a length that does not end within " + count_of(longest);
    if (size > longest || size > length.size()) return "a length that makes a frame over " + limit_of(codec);
    std::uint64_t value = 0;
    for (std::size_t i = size; i > 0; --i)
        value = value << 7 | std::to_integer<std::uint64_t>(length[i - 1] & std::byte{0x7f});
    if (error == errc::corrupt)
        return "the length " + to_string(value) + " is written in " + count_of(size) + ", more than it needs";
    return "the length " + to_string(value) + " makes a frame over " + limit_of(codec);
}

string explained(const frame::delimiter& codec, const error_code& error, bytes unread) {
    if (error == errc::truncated) return cut_short(unread.size()) + ", without a delimiter";
    return "no delimiter within " + limit_of(codec);
}

string explained(const frame::fixed_length& codec, const error_code&, bytes unread) {
    return cut_short(codec, unread, 0);
}

string explained(const frame::base64_lines& codec, const error_code& error, bytes unread) {
    if (error == errc::truncated) return cut_short(unread.size()) + ", without a delimiter";
    if (error == errc::too_long) return "no delimiter within " + limit_of(codec);
    const std::string_view line = as_text(unread).substr(0, as_text(unread).find(codec.layout().delimiter));
    const std::size_t wrong = std::min(line.find_first_not_of(frame::base64_letters), line.size());
    const bool is_padding = wrong + 2 >= line.size() && line.find_first_not_of('=', wrong) == std::string_view::npos;
    if (is_padding) return "a line of " + count_of(line.size()) + " whose padding or last bits are not those of base64";
    return "byte " + to_string(wrong + 1) + " of the line, " + to_hex(unread.subspan(wrong, 1)) + ", is not of base64";
}

string explained(const frame::marked_crc& codec, const error_code& error, bytes unread) {
    constexpr std::size_t header = 4, trailer = 4;
    if (error == errc::truncated) return cut_short(codec, unread, header);
    if (!as_text(unread).starts_with("\xff\xff")) return "no mark ff ff";
    const std::size_t length = number_in(unread.subspan(2, 2), byte_order::big), total = header + length + trailer;
    if (total > codec.max_frame()) return "the length " + to_string(length) + " makes a frame over " + limit_of(codec);
    if (total > unread.size()) return "an unfinished frame of " + count_of(total) + ", and a good one in it";
    if (!as_text(unread.first(total)).ends_with("\xff\xfe"))
        return "a frame of " + count_of(total) + " that does not end with ff fe";
    const std::uint32_t right = frame::running_crc().of({unread}, header, length) >> 16;
    const std::byte halves[] = {static_cast<std::byte>(right >> 8), static_cast<std::byte>(right)};
    return "the checksum is " + to_hex(unread.subspan(header + length, 2), '\0') + ", but that of the " +
           count_of(length, "data byte") + " is " + to_hex(halves, '\0');
}

// The fewest bytes that show what is wrong: how many more have come must not change what is said about it.
std::string_view shortest_wrong(const auto& codec, bytes unread) {
    std::size_t good = 0, wrong = unread.size();
    while (good + 1 < wrong) {
        const std::size_t middle = good + (wrong - good) / 2;
        const frame::decoded told = codec.decode({unread.first(middle), 0, false});
        (told.what() == frame::decoded::kind::failed ? wrong : good) = middle;
    }
    return as_text(unread.first(wrong));
}

string size_over(const auto& codec, std::string_view size) {
    return "a size that begins with " + string(size) + " makes a frame over " + limit_of(codec);
}

string explained(const frame::netstring& codec, const error_code& error, bytes unread) {
    constexpr auto digits_of = [](std::string_view text) {
        return text.substr(0, text.find_first_not_of("0123456789"));
    };
    if (error == errc::truncated) return cut_short(codec, unread, digits_of(as_text(unread)).size() + 1);
    const std::string_view text = shortest_wrong(codec, unread);
    const string size(digits_of(text));
    if (error == errc::too_long) return size_over(codec, size);
    if (size.empty()) return "no size: " + to_hex(unread.first(1)) + " is no digit";
    if (size.size() > 1 && size.front() == '0') return "the size " + size + " has a zero before it";
    if (text[size.size()] != ':') return "no colon behind the size " + size;
    return "no comma behind the " + count_of(std::stoul(size)) + " of its body";
}

string explained(const frame::http_chunk& codec, const error_code& error, bytes unread) {
    using layout = frame::chunk_layout;
    const std::size_t line = std::min(as_text(unread).find('\n'), unread.size());
    if (error == errc::truncated) return cut_short(codec, unread, line + 1);
    const std::string_view text = shortest_wrong(codec, unread);
    const std::string_view size = text.substr(0, text.find_first_not_of("0123456789abcdefABCDEF"));
    if (error == errc::too_long && text == size) return size_over(codec, size);
    if (error == errc::too_long)
        return "the size " + string(size) + " and what is behind it make a frame over " + limit_of(codec);
    if (size.empty()) return "no size: " + to_hex(unread.first(1)) + " is no hex digit";
    if (size.size() > layout::most_digits) return "a size of more than " + count_of(layout::most_digits, "digit");
    if (text.find('\n') < text.size() - 1)
        return size.find_first_not_of('0') == std::string_view::npos ? "a trailer behind the last chunk, or no CR LF"
                                                                     : "no CR LF behind the body";
    if (text.size() > layout::longest_line)
        return "a size and extensions of more than " + count_of(layout::longest_line);
    return "byte " + to_string(text.size()) + ", " + to_hex(unread.subspan(text.size() - 1, 1)) +
           ", where the size should end in CR LF, or an extension begin with ';'";
}

// Of COBS and SLIP, whose frames end with `end`; `fault` says what is wrong with one.
string explained(const auto& codec, char end, const error_code& error, bytes unread, const auto& fault) {
    const string ends = to_hex(as_bytes(std::string_view(&end, 1)));
    if (error == errc::truncated) return cut_short(unread.size()) + ", without its end " + ends;
    if (error == errc::too_long) return "no end " + ends + " within " + limit_of(codec);
    const std::string_view text = as_text(unread);
    const std::size_t begin = text.find_first_not_of(end);
    if (begin >= codec.max_frame()) return "nothing but ends " + ends;
    return fault(unread.subspan(begin, text.find(end, begin) - begin));
}

string explained(const frame::cobs& codec, const error_code& error, bytes unread) {
    return explained(codec, '\0', error, unread, [](bytes frame) {
        std::size_t last = 0, next = 0;
        while (next < frame.size()) next += std::to_integer<std::size_t>(frame[last = next]);
        return "byte " + to_string(last + 1) + " of the frame, " + to_hex(frame.subspan(last, 1)) + ", leads " +
               count_of(next - frame.size()) + " past its end";
    });
}

string explained(const frame::slip& codec, const error_code& error, bytes unread) {
    return explained(codec, '\xc0', error, unread, [](bytes frame) {
        std::size_t at = 0;
        const auto is_good = [&](std::size_t behind) {
            return behind < frame.size() && (frame[behind] == std::byte{0xdc} || frame[behind] == std::byte{0xdd});
        };
        while (frame[at] != std::byte{0xdb} || is_good(at + 1)) ++at;
        return "byte " + to_string(at + 1) + " of the frame, db, has " +
               (at + 1 == frame.size() ? "nothing" : to_hex(frame.subspan(at + 1, 1))) + " behind it, not dc or dd";
    });
}

// No text means one, so nobody has given it here.
string explained(const frame::own_codec& codec, const error_code& error, bytes unread) {
    return error == errc::truncated ? cut_short(codec, unread, 0) : error.message();
}

}   // namespace

std::string_view name_of(const error_code& error) noexcept {
    if (error == errc::too_long) return "too_long";
    if (error == errc::too_short) return "too_short";
    if (error == errc::truncated) return "truncated";
    return "corrupt";
}

string explanation(const frame::any_codec& codec, const error_code& error, bytes unread) {
    if (error == errc::truncated && unread.empty()) return "the input ends inside the frame that is skipped";
    return std::visit([&](const auto& chosen) { return explained(chosen, error, unread); }, codec.chosen());
}

string refusal(const frame::any_codec& codec, const error_code& error, std::size_t body_size) {
    const string body = "a body of " + count_of(body_size);
    if (const auto* fixed = std::get_if<frame::fixed_length>(&codec.chosen()))
        return body + ", but a frame has " + to_string(fixed->max_frame());
    if (error == errc::too_long)
        return body + " makes a frame over " + limit_of(codec) + ", or over what its length can express";
    if (std::holds_alternative<frame::slip>(codec.chosen())) return "an empty body, but no frame is empty";
    if (std::holds_alternative<frame::varint_prefix>(codec.chosen()))
        return "a body that is not one whole frame, its length included";
    if (std::holds_alternative<frame::delimiter>(codec.chosen()))
        return "a body that a delimiter cuts elsewhere than at its end, or that lacks one which is to be kept";
    return "a body whose length would be negative, or that holds another one in its place";
}

}   // namespace hawser::frame_program
