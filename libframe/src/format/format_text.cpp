// A format that is written: any_codec::text(), by which parse() makes the same again. One overload a codec.
#include "format_text.hpp"

namespace hawser::inline v0::frame {

namespace {

using std::string;
using std::string_view;
using std::to_string;

string hex_of(string_view data) { return to_hex(as_bytes(data), '\0'); }

string text_of(const length_field& codec) {
    const length_layout& of = codec.layout();
    string text = "length-field:order=" + string(of.order == byte_order::big ? "big" : "little") +
                  ",width=" + to_string(of.width) + ",offset=" + to_string(of.offset) +
                  ",adjust=" + to_string(of.adjust) + ",strip=" + to_string(*of.strip) +
                  ",max=" + to_string(*of.max_frame) + ",over=" + (of.over == over_limit::fail ? "fail" : "discard");
    if (of.fill) text += ",fill=yes";
    if (of.prefix_size > 0) text += ",prefix=" + to_hex(bytes(of.prefix).first(of.prefix_size), '\0');
    return text;
}

string text_of(const varint_prefix& codec) {
    return "varint:bytes=" + to_string(codec.layout().longest) +
           ",padded=" + (codec.layout().accept_padded ? "accept" : "refuse") + ",max=" + to_string(codec.max_frame()) +
           (codec.layout().offset > 0 ? ",offset=" + to_string(codec.layout().offset) : "") +
           (codec.layout().whole ? ",strip=0" : "");
}

string text_of(const delimiter& codec) {
    string text = "delimiter:";
    for (const string_view mark : codec.layout().marks) text += (text.ends_with(':') ? "" : "|") + hex_of(mark);
    return text + ",strip=" + (codec.layout().strip ? "yes" : "no") + ",max=" + to_string(codec.max_frame());
}

string text_of(const fixed_length& codec) { return "fixed:" + to_string(codec.max_frame()); }

string text_of(const base64_lines& codec) {
    return "base64-lines:delimiter=" + hex_of(string_view(&codec.layout().delimiter, 1)) +
           ",max=" + to_string(codec.max_frame());
}

string text_of(const marked_crc& codec) { return "marked-crc:max=" + to_string(codec.max_frame()); }

string text_of(const netstring& codec) { return "netstring:max=" + to_string(codec.max_frame()); }

string text_of(const http_chunk& codec) { return "http-chunk:max=" + to_string(codec.max_frame()); }

string text_of(const cobs& codec) { return "cobs:max=" + to_string(codec.max_frame()); }

string text_of(const slip& codec) { return "slip:max=" + to_string(codec.max_frame()); }

string text_of(const own_codec& codec) { return "own:" + codec.name(); }

}   // namespace

string format_of(const any_codec::alternatives& codec) {
    return std::visit([](const auto& chosen) { return text_of(chosen); }, codec);
}

}   // namespace hawser::frame
