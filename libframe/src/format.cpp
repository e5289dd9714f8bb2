// Formats as text: any_codec::parse() and text(). The keys are in docs/framing.md.
#include "format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <stdexcept>

namespace hawser::inline v0::frame {

namespace {

using std::string;
using std::string_view;
using std::to_string;

constexpr string_view names =
    "length-field, prefix-body, prefix-self, header-middle, varint, delimiter, lines, fixed, base64-lines, marked-crc, "
    "netstring, http-chunk, cobs, slip; and as others have them dns, kafka, modbus, mqtt, smpp";

// Protocols that many speak, as their standards cut them over TCP.
struct protocol {
    string_view name;
    string_view format;
};
constexpr std::array protocols{
    protocol{"dns", "prefix-body:width=2"},                                         // RFC 1035, 4.2.2
    protocol{"kafka", "prefix-body:max=100MiB"},                                    // its protocol guide, "Network"
    protocol{"modbus", "length-field:width=2,offset=4,strip=0,max=260,fill=yes"},   // Modbus/TCP, the MBAP header
    protocol{"mqtt", "varint:bytes=4,offset=1,strip=0"},                            // MQTT 3.1.1, 2.2
    protocol{"smpp", "prefix-self:max=128KiB"},                                     // SMPP 3.4, 3.2
};

[[noreturn]] void refuse(const string& why) { throw std::invalid_argument(why); }

string quoted(string_view text) { return "'" + escaped(as_bytes(text)) + "'"; }

// Hex without the white space that from_hex() passes over.
std::optional<std::vector<std::byte>> hex_bytes(string_view text) {
    return text.find_first_of(" \t\r\n") == string_view::npos ? from_hex(text) : std::nullopt;
}

// The KEY=VALUE pairs behind a name. What nobody takes is refused at the end.
class keys {
public:
    keys(string_view of, string_view text) : of_(of) {
        while (!text.empty()) {
            const string_view pair = text.substr(0, text.find(','));
            text.remove_prefix(std::min(pair.size() + 1, text.size()));
            const std::size_t equals = pair.find('=');
            if (equals == string_view::npos || equals == 0)
                refuse(string(of) + ": " + quoted(pair) + " is no KEY=VALUE");
            if (!pairs_.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second)
                refuse(string(of) + ": " + quoted(pair.substr(0, equals)) + " is given twice");
        }
    }

    std::optional<string_view> take(const string& key) {
        asked_ += (asked_.empty() ? "" : ", ") + key;
        const auto found = pairs_.find(key);
        if (found == pairs_.end()) return std::nullopt;
        const string_view value = found->second;
        pairs_.erase(found);
        return value;
    }
    std::optional<std::size_t> size(const string& key) {
        const auto text = take(key);
        if (!text) return std::nullopt;
        const auto value = parse_size(*text);
        if (!value) wrong(key, *text, "a size such as 4096, 64KiB or 1MiB");
        return value;
    }
    template <class Number>
    Number number(const string& key, Number otherwise) {
        const auto text = take(key);
        if (!text) return otherwise;
        Number value{};
        const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
        if (failure != std::errc() || end != text->data() + text->size()) wrong(key, *text, "a number");
        return value;
    }
    /// One of two words: whether it is the second.
    bool choice(const string& key, string_view usual, string_view other, bool otherwise = false) {
        const auto text = take(key);
        if (!text) return otherwise;
        if (*text != usual && *text != other) wrong(key, *text, string(usual) + " or " + string(other));
        return *text == other;
    }
    std::vector<std::byte> hex(const string& key) {
        const auto text = take(key);
        if (!text) return {};
        auto value = hex_bytes(*text);
        if (!value) wrong(key, *text, "hex, two digits a byte");
        return *value;
    }
    void finish() const {
        if (pairs_.empty()) return;
        const string taken = asked_.empty() ? string(of_) + " takes no keys" : "it takes " + asked_;
        refuse(string(of_) + ": unknown key " + quoted(pairs_.begin()->first) + "; " + taken);
    }

private:
    [[noreturn]] void wrong(const string& key, string_view value, const string& expected) const {
        refuse(string(of_) + ": " + key + "=" + escaped(as_bytes(value)) + " is not " + expected);
    }

    string_view of_;
    std::map<string_view, string_view> pairs_;
    string asked_;
};

// Presets are the same keys with other defaults: what the length counts, and what is delivered, follow from the header.
any_codec parse_length_field(string_view name, string_view text) {
    keys given(name, text);
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
    keys given(name, text);
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
    keys given(name, text);
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
    keys given(name, text);
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
    keys given(name, text);
    Layout of;
    of.max_frame = given.size("max").value_or(of.max_frame);
    given.finish();
    return Codec(of);
}

// text(): one overload a codec.

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

// with_max_frame(): one overload a layout.

template <class Codec>
any_codec limited(const Codec& codec, std::size_t max_frame) {
    auto layout = codec.layout();
    layout.max_frame = max_frame;
    return Codec(std::move(layout));
}
any_codec limited(const marked_crc&, std::size_t max_frame) { return marked_crc({.max_frame = max_frame}); }
any_codec limited(const own_codec& codec, std::size_t max_frame) {
    std::optional<own_codec> made = codec.with_max_frame(max_frame);
    if (!made)
        refuse("own:" + codec.name() + ": its limit is " + to_string(codec.max_frame()) +
               " and no other: it has no with_max_frame(size)");
    return *std::move(made);
}
any_codec limited(const fixed_length& codec, std::size_t max_frame) {
    if (max_frame < codec.max_frame())
        refuse("fixed: no frame of " + to_string(codec.max_frame()) + " bytes fits under a limit of " +
               to_string(max_frame));
    return codec;
}

}   // namespace

any_codec any_codec::parse(string_view format) {
    const string_view name = format.substr(0, format.find(':'));
    const string_view rest = name.size() < format.size() ? format.substr(name.size() + 1) : string_view();
    if (rest.ends_with(',')) refuse(quoted(format) + " ends in a comma");
    if (const auto* const known = std::ranges::find(protocols, name, &protocol::name); known != protocols.end()) {
        const any_codec codec = parse(known->format);
        keys given(name, rest);
        const auto limit = given.size("max");
        given.finish();
        return limit ? codec.with_max_frame(*limit) : codec;
    }
    if (name == "length-field" || name == "prefix-body" || name == "prefix-self" || name == "header-middle")
        return parse_length_field(name, rest);
    if (name == "varint") return parse_varint(name, rest);
    if (name == "delimiter" || name == "lines") return parse_delimiter(name, rest);
    if (name == "fixed") return parse_fixed(name, rest);
    if (name == "base64-lines") return parse_base64_lines(name, rest);
    if (name == "marked-crc") return parse_limited<marked_crc, marked_layout>(name, rest);
    if (name == "netstring") return parse_limited<netstring, netstring_layout>(name, rest);
    if (name == "http-chunk") return parse_limited<http_chunk, chunk_layout>(name, rest);
    if (name == "cobs") return parse_limited<cobs, cobs_layout>(name, rest);
    if (name == "slip") return parse_limited<slip, slip_layout>(name, rest);
    if (name == "own") refuse(quoted(format) + " is a codec of a program's own, which only that program knows");
    refuse("unknown format " + quoted(name) + "; there are " + string(names));
}

string format_of(const any_codec::alternatives& codec) {
    return std::visit([](const auto& chosen) { return text_of(chosen); }, codec);
}

string any_codec::text() const { return format_of(*chosen_); }

any_codec any_codec::with_max_frame(std::size_t max_frame) const {
    return std::visit([&](const auto& codec) { return limited(codec, max_frame); }, *chosen_);
}

}   // namespace hawser::frame
