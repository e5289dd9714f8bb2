// A format that is read: any_codec::parse(). What the keys mean is in docs/framing.md.
#include <hawser/frame/any_codec.hpp>

#include "format_keys.hpp"
#include "protocol_formats.hpp"

#include <algorithm>
#include <array>

namespace hawser::inline v0::frame {

namespace {

using std::string;
using std::string_view;
using std::to_string;

// Presets are the same keys with other defaults: what the length counts, and what is delivered, follow from the header.
any_codec parse_length_field(string_view name, string_view text) {
    format_keys given(name, text);
    length_layout of;
    const bool middle = name == "header-middle";
    of.order = given.choice("order", "big", "little") ? byte_order::little : byte_order::big;
    of.width = given.number("width", middle ? 2U : 4U);
    of.offset = given.number<std::size_t>("offset", middle ? 1 : 0);
    std::ptrdiff_t usual_adjust = middle ? 1 : 0;
    if (name == "prefix-self" && of.offset <= length_field::largest_offset)
        usual_adjust = -static_cast<std::ptrdiff_t>(of.offset + of.width);
    of.adjust = given.number<std::ptrdiff_t>("adjust", usual_adjust);
    of.strip = given.size("strip");
    if (middle && !of.strip) of.strip = 0;
    of.max_frame = given.size("max");
    of.over = given.choice("over", "fail", "discard") ? over_limit::discard : over_limit::fail;
    of.fill = given.choice("fill", "no", "yes");
    const auto prefix = given.hex("prefix");
    if (prefix.size() > of.prefix.size())
        refuse(string(name) + ": prefix has " + to_string(prefix.size()) + " bytes, more than " +
               to_string(of.prefix.size()));
    std::ranges::copy(prefix, of.prefix.begin());
    of.prefix_size = prefix.size();
    given.finish();
    return length_field(of);
}

any_codec parse_varint(string_view name, string_view text) {
    format_keys given(name, text);
    varint_layout of;
    of.longest = given.number("bytes", of.longest);
    of.accept_padded = given.choice("padded", "refuse", "accept");
    of.max_frame = given.size("max");
    of.offset = given.number<std::size_t>("offset", 0);
    if (const auto strip = given.size("strip")) {
        if (*strip != 0) refuse("varint: strip is 0, for frames that are delivered whole, or not given");
        of.whole = true;
    }
    given.finish();
    return varint_prefix(of);
}

// delimiter:HEX|HEX,KEY=VALUE...; `lines` brings its own.
any_codec parse_delimiter(string_view name, string_view text) {
    delimiter_layout of;
    if (name == "lines") {
        of.marks = delimiter::lines().layout().marks;
    } else {
        string_view marks = text.substr(0, text.find(','));
        text.remove_prefix(std::min(marks.size() + 1, text.size()));
        for (bool more = true; more;) {
            const string_view hex = marks.substr(0, marks.find('|'));
            const auto mark = hex_bytes(hex);
            if (!mark || mark->empty())
                refuse("delimiter: " + quoted(hex) + " is no delimiter in hex; for example delimiter:0d0a|0a,max=4KiB");
            of.marks.push_back(as_text(*mark));
            more = hex.size() < marks.size();
            marks.remove_prefix(more ? hex.size() + 1 : marks.size());
        }
    }
    format_keys given(name, text);
    of.strip = !given.choice("strip", "yes", "no");
    of.max_frame = given.size("max");
    given.finish();
    return delimiter(of);
}

any_codec parse_fixed(string_view, string_view text) {
    const auto size = parse_size(text);
    if (!size) refuse("fixed: " + quoted(text) + " is no size; for example fixed:16");
    return fixed_length(*size);
}

any_codec parse_base64_lines(string_view name, string_view text) {
    format_keys given(name, text);
    base64_layout of;
    const auto mark = given.take("delimiter");
    if (mark) {
        const auto value = hex_bytes(*mark);
        if (!value || value->size() != 1)
            refuse("base64-lines: delimiter=" + escaped(as_bytes(*mark)) + " is not one byte in hex, such as 0a");
        of.delimiter = static_cast<char>(value->front());
    }
    of.max_frame = given.size("max");
    given.finish();
    return base64_lines(of);
}

// Of a format whose only key is its limit.
template <class Codec, class Layout>
any_codec parse_limited(string_view name, string_view text) {
    format_keys given(name, text);
    Layout of;
    of.max_frame = given.size("max").value_or(of.max_frame);
    given.finish();
    return Codec(of);
}

// A name, and who reads what is behind its colon.
struct named_format {
    string_view name;
    any_codec (*parse)(string_view name, string_view text);
};
constexpr std::array named_formats{
    named_format{"length-field", &parse_length_field},
    named_format{"prefix-body", &parse_length_field},
    named_format{"prefix-self", &parse_length_field},
    named_format{"header-middle", &parse_length_field},
    named_format{"varint", &parse_varint},
    named_format{"delimiter", &parse_delimiter},
    named_format{"lines", &parse_delimiter},
    named_format{"fixed", &parse_fixed},
    named_format{"base64-lines", &parse_base64_lines},
    named_format{"marked-crc", &parse_limited<marked_crc, marked_layout>},
    named_format{"netstring", &parse_limited<netstring, netstring_layout>},
    named_format{"http-chunk", &parse_limited<http_chunk, chunk_layout>},
    named_format{"cobs", &parse_limited<cobs, cobs_layout>},
    named_format{"slip", &parse_limited<slip, slip_layout>},
};

string names_of(const auto& all) {
    string names;
    for (const auto& one : all) names += (names.empty() ? "" : ", ") + string(one.name);
    return names;
}

any_codec parse_protocol(const protocol_format& known, string_view text) {
    const any_codec codec = any_codec::parse(known.format);
    format_keys given(known.name, text);
    const auto limit = given.size("max");
    given.finish();
    return limit ? codec.with_max_frame(*limit) : codec;
}

}   // namespace

any_codec any_codec::parse(string_view format) {
    const string_view name = format.substr(0, format.find(':'));
    const string_view rest = name.size() < format.size() ? format.substr(name.size() + 1) : string_view();
    if (rest.ends_with(',')) refuse(quoted(format) + " ends in a comma");
    for (const named_format& one : named_formats)
        if (one.name == name) return one.parse(name, rest);
    for (const protocol_format& one : protocol_formats)
        if (one.name == name) return parse_protocol(one, rest);
    if (name == "own") refuse(quoted(format) + " is a codec of a program's own, which only that program knows");
    refuse("unknown format " + quoted(name) + "; there are " + names_of(named_formats) + "; and as others have them " +
           names_of(protocol_formats));
}

}   // namespace hawser::frame
