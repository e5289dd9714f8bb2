// The generated half of a dissector: tables that say what there is. What reads them is in ../lua.
#include <hawser/protocol/dissector.hpp>

#include "checked.hpp"
#include "dissector_lua.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string_view>
#include <variant>
#include <vector>

namespace hawser::inline v0::protocol {

namespace {

using packet::field_description;
using std::string;
using std::string_view;
using std::to_string;

// A string of Lua, whatever is in it: quotes, line ends and what is not printable as escapes.
string quoted(string_view text) {
    string made = "\"";
    for (const char letter : text) {
        const auto octet = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            made += '\\';
            made += letter;
        } else if (octet < 0x20 || octet == 0x7f) {
            std::array<char, 5> escape{};
            std::snprintf(escape.data(), escape.size(), "\\%03u", static_cast<unsigned>(octet));
            made += escape.data();
        } else {
            made += letter;
        }
    }
    return made + '"';
}

// The name of a kind is that of the function of lua/fields.lua that reads it.
string_view name_of(field_description::kind what) noexcept {
    using kind = field_description::kind;
    switch (what) {
        case kind::unsigned_integer: return "unsigned_integer";
        case kind::signed_integer: return "signed_integer";
        case kind::floating: return "floating";
        case kind::enumeration: return "enumeration";
        case kind::flags: return "flags";
        case kind::fixed_text: return "fixed_text";
        case kind::fixed_bytes: return "fixed_bytes";
        case kind::counted_text: return "counted_text";
        case kind::counted_bytes: return "counted_bytes";
        case kind::terminated_text: return "terminated_text";
        case kind::rest_text: return "rest_text";
        case kind::rest: return "rest";
        case kind::array: return "array";
        case kind::sized_array: return "sized_array";
        case kind::rest_array: return "rest_array";
    }
    return {};
}

string_view name_of(byte_order order) noexcept { return order == byte_order::big ? "big" : "little"; }

string hex(std::uint64_t value, std::size_t width) {
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%0*llx", static_cast<int>(2 * width),
                  static_cast<unsigned long long>(value));
    return digits.data();
}

// Numbers of Lua are doubles. What one cannot hold is written as text.
string key(const field_description& field, const packet::named_value& of) {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    const bool is_exact = of.value >= (field.is_signed ? -exact : 0) && of.value <= exact;
    return is_exact ? "[" + to_string(of.value) + "]" : "[\"" + field.text_of(of) + "\"]";
}

string values_of(const field_description& field) {
    string made;
    for (const auto& one : field.values)
        made += (made.empty() ? " " : ", ") + key(field, one) + " = " + quoted(one.name);
    return "{" + made + " }";
}

// Masks are hex: Lua compares them as numbers of 64 bits.
string masks_of(const field_description& field) {
    string made;
    for (const auto& one : field.values) {
        const auto mask = static_cast<std::uint64_t>(one.value);
        made += (made.empty() ? " { " : ", { ") + ("name = " + quoted(one.name)) + ", mask = \"" + hex(mask, 8) +
                "\", shift = " + to_string(std::countr_zero(mask)) +
                ", is_one_bit = " + (std::has_single_bit(mask) ? "true" : "false") + " }";
    }
    return "{" + made + " }";
}

string conditions_of(const field_description& field) {
    string made;
    for (const auto& one : field.conditions)
        made += (made.empty() ? " { " : ", { ") + ("field = " + quoted(one.field)) + ", mask = \"" + hex(one.mask, 8) +
                "\" }";
    return "{" + made + " }";
}

string fields_of(const std::vector<field_description>& fields, const string& indent) {
    string made;
    for (const auto& field : fields) {
        made += indent + "{ name = " + quoted(field.name) + ", kind = \"" + string(name_of(field.what)) + "\"";
        if (field.width > 0) made += ", width = " + to_string(field.width);
        if (field.is_varint) made += ", varint = true";
        else if (has_number(field) && field.width > 1) made += ", order = \"" + string(name_of(field.order)) + "\"";
        if (field.is_signed) made += ", signed = true";
        if (field.is_nullable) made += ", nullable = true";
        if (field.is_optional) made += ", optional = true";
        if (field.what == field_description::kind::flags) made += ", masks = " + masks_of(field);
        else if (!field.values.empty()) made += ", values = " + values_of(field);
        if (!field.conditions.empty()) made += ", conditions = " + conditions_of(field);
        if (!field.about.empty()) made += ", about = " + quoted(field.about);
        if (!field.element.empty())
            made += ", element = {\n" + fields_of(field.element, indent + "    ") + indent + "}";
        made += " },\n";
    }
    return made;
}

string packets_of(const packet::description& what) {
    string made = "\n-- Packets, by the hex of their command.\nlocal packets = {\n";
    for (const auto& one : what.packets)
        made += "    { code = \"" + hex(one.code, what.command_width) + "\", name = " + quoted(one.name) +
                ", fields = {\n" + fields_of(one.fields, "        ") + "    } },\n";
    return made + "}\n";
}

// A codec: the name of the function that cuts, and what that is told. One overload each.

string table_of(const frame::length_field& codec) {
    const frame::length_layout& of = codec.layout();
    return "codec = \"length_field\", order = \"" + string(name_of(of.order)) + "\", width = " + to_string(of.width) +
           ", offset = " + to_string(of.offset) + ", adjust = " + to_string(of.adjust) +
           ", strip = " + to_string(*of.strip) + ", over = \"" +
           (of.over == frame::over_limit::fail ? "fail" : "discard") + "\"";
}
string table_of(const frame::varint_prefix& codec) {
    return "codec = \"varint_prefix\", bytes = " + to_string(codec.layout().longest) +
           ", padded = " + (codec.layout().accept_padded ? "true" : "false") +
           ", offset = " + to_string(codec.layout().offset) + ", whole = " + (codec.layout().whole ? "true" : "false");
}
string table_of(const frame::delimiter& codec) {
    string marks;
    for (const string_view mark : codec.layout().marks) marks += (marks.empty() ? " " : ", ") + quoted(mark);
    return "codec = \"delimiter\", marks = {" + marks + " }, strip = " + (codec.layout().strip ? "true" : "false");
}
string table_of(const frame::fixed_length&) { return "codec = \"fixed_length\""; }
string table_of(const frame::base64_lines& codec) {
    return "codec = \"base64_lines\", marks = { " + quoted(string_view(&codec.layout().delimiter, 1)) + " }";
}
string table_of(const frame::marked_crc&) { return "codec = \"marked_crc\""; }
string table_of(const frame::netstring&) { return "codec = \"netstring\""; }
string table_of(const frame::http_chunk&) { return "codec = \"http_chunk\""; }
string table_of(const frame::cobs&) { return "codec = \"cobs\""; }
string table_of(const frame::slip&) { return "codec = \"slip\""; }
string table_of(const frame::own_codec& codec) { return "codec = " + quoted("own:" + codec.name()); }

string table_of(const frame::any_codec& codec) {
    return "{ " + std::visit([](const auto& one) { return table_of(one); }, codec.chosen()) +
           ", max = " + to_string(codec.max_frame()) + " }";
}

string head_of(const packet::description& what, const wire_format& format, std::uint16_t port) {
    const string title = what.title.empty() ? what.name : what.title;
    return "-- Shows " + quoted(title) +
           " in Wireshark and tshark, 4.0 or later. Made by hawser.\n"
           "--\n"
           "--   tshark -X lua_script:THIS_FILE -r capture.pcap        or put it into ~/.local/lib/wireshark/plugins\n"
           "--   -d tcp.port==7777,NAME                                another port, as \"Decode As\" of Wireshark "
           "does\n"
           "\nlocal protocol = {\n    name = " +
           quoted(what.name) + ", title = " + quoted(title) + ",\n    ports = \"" + (port == 0 ? "" : to_string(port)) +
           "\",\n    command = { offset = " + to_string(what.command_offset) +
           ", width = " + to_string(what.command_width) + ", order = \"" + string(name_of(what.command_order)) +
           "\" },\n}\n" +
           "\n-- How frames are cut: towards the server, and from it. `max` is the longest frame.\nlocal incoming = " +
           table_of(format.codec) +
           "\nlocal outgoing = " + (format.answer_codec ? table_of(*format.answer_codec) : "incoming") + "\n";
}

// A part of the program, behind an empty line.
string part(string_view text) { return "\n" + string(text); }

// The function of a codec that only its user knows.
string cutting(const frame::own_codec& codec) {
    const string body = codec.lua();
    if (body.empty())
        throw std::invalid_argument("the codec '" + codec.name() +
                                    "' has no lua(), which says in a dissector how frames are cut");
    return "cut[" + quoted("own:" + codec.name()) + "] = function(how, tvb, at)\n" + body +
           (body.ends_with('\n') ? "" : "\n") + "end\n";
}

// Which files cut, of lua/; one overload a codec. Of a user's own there is none.
using files = std::vector<string_view>;
files files_of(const frame::length_field&) { return {lua::length_field}; }
files files_of(const frame::varint_prefix&) { return {lua::varint_prefix}; }
files files_of(const frame::delimiter&) { return {lua::marks, lua::delimiter}; }
files files_of(const frame::fixed_length&) { return {lua::fixed_length}; }
files files_of(const frame::marked_crc&) { return {lua::marked_crc}; }
files files_of(const frame::netstring&) { return {lua::netstring}; }
files files_of(const frame::http_chunk&) { return {lua::http_chunk}; }
files files_of(const frame::base64_lines&) { return {lua::marks, lua::base64_lines}; }
files files_of(const frame::cobs&) { return {lua::between_ends, lua::cobs}; }
files files_of(const frame::slip&) { return {lua::between_ends, lua::slip}; }
files files_of(const frame::own_codec&) { return {}; }

// Only the codecs that are used.
string cutting(const wire_format& format) {
    const std::array both = {format.codec.chosen(), format.answers().chosen()};
    std::vector<string_view> used;
    for (const auto& one : both)
        for (const string_view file : std::visit([](const auto& codec) { return files_of(codec); }, one))
            if (std::ranges::find(used, file) == used.end()) used.push_back(file);
    string made = part(lua::pieces);
    for (const string_view file : used) made += part(file);
    std::map<string, string> own;
    for (const auto& one : both) {
        const auto* const codec = std::get_if<frame::own_codec>(&one);
        if (codec == nullptr) continue;
        const string function = cutting(*codec);
        if (own.try_emplace(codec->name(), function).first->second != function)
            throw std::invalid_argument("two codecs of the name '" + codec->name() +
                                        "' cut in different ways: give each a name of its own");
    }
    for (const auto& [name, function] : own) made += part(function);
    return made;
}

}   // namespace

string dissector(const packet::description& what, const wire_format& format, std::uint16_t port) {
    check(what);
    string made = head_of(what, format, port);
    made += packets_of(what);
    made += part(lua::fields);
    made += cutting(format);
    made += part(lua::packets);
    made += part(lua::connections);
    made += part(lua::segments);
    return made;
}

}   // namespace hawser::protocol
