#include "frames_page.hpp"

#include "byte_diagram.hpp"

#include <hawser/figures.hpp>

#include <algorithm>
#include <variant>

namespace hawser::inline v0::protocol {

namespace {

using std::string;
using std::to_string;

string bytes_of(std::uint64_t count) { return grouped(count) + (count == 1 ? " byte" : " bytes"); }

string drawn(const std::vector<byte_box>& boxes) { return "```text\n" + byte_diagram(boxes) + "\n```\n\n"; }

string limit_of(std::size_t max_frame, const string& what_happens) {
    return "- A frame is at most " + bytes_of(max_frame) + " long, all of it counted. " + what_happens + "\n";
}

const string ends = "A longer one ends the connection.";

// What lies before the body. `strip` may end inside of it, or behind what the length does not count.
string diagram_of(const frame::length_layout& of) {
    std::vector<byte_box> boxes;
    if (of.offset > 0) boxes.push_back({"header", of.offset});
    boxes.push_back({"length", of.width});
    const std::size_t header = of.offset + of.width;
    const std::size_t uncounted = std::max(*of.strip > header ? *of.strip - header : 0,
                                           of.adjust > 0 ? static_cast<std::size_t>(of.adjust) : 0);
    if (uncounted > 0) boxes.push_back({"header", uncounted});
    boxes.push_back({*of.strip < header + uncounted ? "..." : "packet", {}});
    return drawn(boxes);
}

string meaning_of(const frame::length_layout& of) {
    const auto header = static_cast<std::ptrdiff_t>(of.offset + of.width);
    if (of.adjust == 0) return "the bytes behind it";
    if (of.adjust == -header) return "the bytes of the whole frame, itself included";
    return "a frame is " + to_string(header + of.adjust) + " + `length` bytes long";
}

string text_of(const frame::length_field& codec) {
    const frame::length_layout& of = codec.layout();
    const std::size_t header = of.offset + of.width;
    string made = diagram_of(of);
    made += "- `length`: " + bytes_of(of.width);
    if (of.width > 1) made += of.order == byte_order::big ? ", big-endian" : ", little-endian";
    made += "; " + meaning_of(of) + ".\n";
    if (of.prefix_size > 0)
        made += "- What is sent begins with `" + to_hex(bytes(of.prefix).first(of.prefix_size)) + "`.\n";
    if (*of.strip == 0) made += "- The packet is the whole frame, from its first byte on.\n";
    else if (*of.strip != header) made += "- The packet begins with byte " + to_string(*of.strip) + " of the frame.\n";
    const bool fail = of.over == frame::over_limit::fail;
    return made + limit_of(codec.max_frame(), fail ? ends : "A longer one is passed over, and the next is read.");
}

string text_of(const frame::varint_prefix& codec) {
    const frame::varint_layout& of = codec.layout();
    std::vector<byte_box> boxes;
    if (of.offset > 0) boxes.push_back({"header", of.offset});
    boxes.push_back({"length", {}});
    boxes.push_back({of.whole ? "..." : "packet", {}});
    return drawn(boxes) + "- `length`: the bytes " + (of.whole ? "behind it" : "of the packet") +
           ", as LEB128: seven bits a byte, the lowest first, the top bit set in "
           "every byte but the last. It has 1 to " +
           to_string(of.longest) + " bytes.\n" +
           (of.whole ? "- The packet is the whole frame, from its first byte on.\n" : "") +
           "- A length written in more bytes than it needs " +
           (of.accept_padded ? "is taken.\n" : "ends the connection.\n") + limit_of(codec.max_frame(), ends);
}

string text_of(const frame::delimiter& codec) {
    const frame::delimiter_layout& of = codec.layout();
    string marks;
    for (const std::string_view mark : of.marks)
        marks += (marks.empty() ? "`" : " or `") + to_hex(as_bytes(mark)) + "`";
    return drawn({{"packet", {}}, {"delimiter", {}}}) + "- `delimiter`: " + marks +
           (of.marks.size() > 1 ? "; the first of them is what is sent" : "") + ". It cannot be in a packet.\n" +
           (of.strip ? "" : "- The delimiter is the end of the packet, not behind it.\n") +
           limit_of(codec.max_frame(), ends);
}

string text_of(const frame::fixed_length& codec) {
    return drawn({{"packet", codec.max_frame()}}) + "- A frame is always " + bytes_of(codec.max_frame()) + " long.\n";
}

string text_of(const frame::base64_lines& codec) {
    const char& mark = codec.layout().delimiter;
    return drawn({{"base64", {}}, {"delimiter", 1}}) +
           "- `base64`: the packet in base64 (RFC 4648, section 4), with padding. Anything else ends the "
           "connection.\n" +
           "- `delimiter`: `" + to_hex(as_bytes(std::string_view(&mark, 1))) + "`.\n" +
           limit_of(codec.max_frame(), ends);
}

string text_of(const frame::marked_crc& codec) {
    return drawn({{"ff ff", 2}, {"length", 2}, {"packet", {}}, {"checksum", 2}, {"ff fe", 2}}) +
           "- `length`: 2 bytes, big-endian; the bytes of the packet.\n"
           "- `checksum`: the upper 16 bits of the packet's CRC-32/ISO-HDLC, big-endian.\n"
           "- What is no frame is passed over; the next good frame is found, wherever it begins.\n" +
           limit_of(codec.max_frame(), "What claims to be longer is none.");
}

string text_of(const frame::netstring& codec) {
    return drawn({{"size", {}}, {":", 1}, {"packet", {}}, {",", 1}}) +
           "- `size`: the bytes of the packet, in decimal digits, without zeros before it: `0` alone is zero.\n" +
           limit_of(codec.max_frame(), ends);
}

string text_of(const frame::http_chunk& codec) {
    return drawn({{"size", {}}, {"0d 0a", 2}, {"packet", {}}, {"0d 0a", 2}}) +
           "- A frame is a chunk of HTTP/1.1 (RFC 9112, 7.1).\n"
           "- `size`: the bytes of the packet, in hex digits. Extensions behind it are passed over, of " +
           to_string(frame::chunk_layout::longest_line) + " bytes at most with it. There are no trailers.\n" +
           limit_of(codec.max_frame(), ends);
}

const string passed_over = "Without anything between them they are passed over.\n";

string text_of(const frame::cobs& codec) {
    return drawn({{"stuffed", {}}, {"00", 1}}) +
           "- `stuffed`: the packet by Consistent Overhead Byte Stuffing, which takes its zeros out.\n"
           "- `00`: ends a frame. " +
           passed_over + "- A frame whose codes lead past its end is passed over, too.\n" +
           limit_of(codec.max_frame(), ends);
}

string text_of(const frame::slip& codec) {
    return drawn({{"escaped", {}}, {"c0", 1}}) +
           "- `escaped`: the packet, with `db dc` for each `c0` and `db dd` for each `db` (RFC 1055).\n"
           "- `c0`: ends a frame. " +
           passed_over + "- A frame with something else behind a `db` is passed over, too.\n" +
           limit_of(codec.max_frame(), ends);
}

string text_of(const frame::own_codec& codec) {
    const string about = codec.about();
    return "- " +
           (about.empty() ? "Frames are cut by `" + codec.name() + "`, a codec of this protocol alone." : about) +
           "\n- A frame is at most " + bytes_of(codec.max_frame()) + " long, all of it counted.\n";
}

std::optional<std::size_t> overhead(const frame::length_field& codec) { return *codec.layout().strip; }
std::optional<std::size_t> overhead(const frame::delimiter& codec) {
    return codec.layout().strip ? codec.layout().marks.front().size() : 0;
}
std::optional<std::size_t> overhead(const frame::fixed_length&) { return 0; }
std::optional<std::size_t> overhead(const frame::marked_crc&) { return frame::marked_layout::overhead; }
std::optional<std::size_t> overhead(const frame::varint_prefix&) { return std::nullopt; }
std::optional<std::size_t> overhead(const frame::base64_lines&) { return std::nullopt; }
std::optional<std::size_t> overhead(const frame::netstring&) { return std::nullopt; }
std::optional<std::size_t> overhead(const frame::http_chunk&) { return std::nullopt; }
std::optional<std::size_t> overhead(const frame::cobs&) { return std::nullopt; }
std::optional<std::size_t> overhead(const frame::slip&) { return std::nullopt; }
std::optional<std::size_t> overhead(const frame::own_codec&) { return std::nullopt; }

}   // namespace

string frames_page(const frame::any_codec& codec) {
    return std::visit([](const auto& one) { return text_of(one); }, codec.chosen());
}

std::optional<std::size_t> overhead_of(const frame::any_codec& codec) {
    return std::visit([](const auto& one) { return overhead(one); }, codec.chosen());
}

}   // namespace hawser::protocol
