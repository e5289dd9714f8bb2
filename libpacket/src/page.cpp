#include <hawser/protocol/page.hpp>

#include "byte_diagram.hpp"
#include "checked.hpp"
#include "example_frame.hpp"
#include "frames_page.hpp"

#include <hawser/figures.hpp>

#include <algorithm>
#include <stdexcept>

namespace hawser::inline v0::protocol {

namespace {

using packet::field_description;
using packet::packet_description;
using kind = field_description::kind;
using std::string;
using std::string_view;
using std::to_string;

// Text of a description inside a table, or a heading.
string cell(string_view text) {
    string made;
    for (const char letter : text) {
        if (letter == '|') made += "\\|";
        else made += letter == '\n' || letter == '\r' ? ' ' : letter;
    }
    return made;
}

// A number as it lies in bytes; big-endian it is also what people write.
string wire_hex(std::uint64_t value, std::size_t width, byte_order order = byte_order::big, string_view between = {}) {
    string made;
    for (std::size_t i = 0; i < width; ++i) {
        const std::size_t place = order == byte_order::big ? width - 1 - i : i;
        const auto octet = static_cast<std::byte>(value >> (8 * place) & 0xff);
        made += string(made.empty() ? "" : between) + to_hex(bytes(&octet, 1));
    }
    return made;
}

string order_of(const field_description& field) {
    if (field.is_varint) return field.what == kind::signed_integer ? ", LEB128 of zigzag" : ", LEB128";
    if (field.width == 1) return "";
    return field.order == byte_order::big ? ", big-endian" : ", little-endian";
}

// Of all bytes of a field, if they are always as many.
std::optional<std::size_t> fixed_size(const field_description& field) {
    const extent how = extent_of(field);
    if (!field.conditions.empty() || field.is_optional || field.is_varint ||
        (how != extent::number && how != extent::fixed))
        return std::nullopt;
    return field.width;
}

// The same in words; of what has its length or count before it, without that.
string size_of(field_description field) {
    if (!field.conditions.empty() || field.is_optional) {
        field.conditions.clear();
        field.is_optional = false;
        return "0 or " + size_of(std::move(field));
    }
    if (const auto fixed = fixed_size(field)) return to_string(*fixed);
    if (field.is_varint && !is_counted(field)) return "1 to " + to_string((8 * field.width + 6) / 7);
    if (field.what == kind::terminated_text) return "1 to " + to_string(field.width);
    return "...";
}

string type_of(const field_description& field) {
    switch (field.what) {
        case kind::unsigned_integer: return "unsigned" + order_of(field);
        case kind::signed_integer: return "signed" + order_of(field);
        case kind::floating: return "floating" + order_of(field);
        case kind::enumeration: return "enum" + order_of(field);
        case kind::flags: return "bits" + order_of(field);
        case kind::fixed_text:
        case kind::counted_text:
        case kind::terminated_text:
        case kind::rest_text: return "text";
        case kind::fixed_bytes:
        case kind::counted_bytes:
        case kind::rest: return "bytes";
        case kind::array:
        case kind::sized_array:
        case kind::rest_array: break;
    }
    return "elements";
}

// The length, or count, before what is counted.
field_description number_of(const field_description& field) {
    return {.name = field.name + (field.what == kind::array ? ".count" : ".length"),
            .what = field.is_signed ? kind::signed_integer : kind::unsigned_integer,
            .width = field.width,
            .order = field.order,
            .is_varint = field.is_varint,
            .is_optional = field.is_optional,
            .conditions = field.conditions};
}

string short_hex(std::uint64_t value) {
    const string all = wire_hex(value, 8);
    return all.substr(std::min(all.find_first_not_of('0'), all.size() - 2) / 2 * 2);
}

// The value of an enumeration, or a mask.
string value_of(const field_description& field, const packet::named_value& one) {
    if (field.what != kind::flags) return field.text_of(one);
    return "`0x" + short_hex(static_cast<std::uint64_t>(one.value)) + "`";
}

string meaning_of(const field_description& field) {
    string made = cell(field.about);
    if (field.what == kind::terminated_text) made += string(made.empty() ? "" : " ") + "ends with a NUL";
    string values;
    for (const auto& one : field.values)
        values += (values.empty() ? "" : ", ") + value_of(field, one) + " " + cell(one.name);
    if (!values.empty()) made += (made.empty() ? "" : " ") + values;
    for (const auto& one : field.conditions)
        made += string(made.empty() ? "" : "; ") + "only if " + cell(one.field) + " has any bit of `0x" +
                short_hex(one.mask) + "`";
    if (field.is_optional) made += string(made.empty() ? "" : "; ") + "the body may end before it";
    return made;
}

string meaning_of_number(const field_description& of) {
    string made = "of " + cell(of.name);
    if (of.what == kind::sized_array) made += ", in bytes";
    if (of.is_nullable) made += "; -1: there is none";
    return made;
}

// One packet, box after box and row after row. After what has no fixed size no offset is known.
class packet_table {
public:
    packet_table(const packet::description& of, const packet_description& one) : of_(of), one_(one) {
        for (const auto& field : one.fields) {
            add_command();
            add(field);
        }
        add_command();
    }

    [[nodiscard]] string text() const {
        return "```text\n" + byte_diagram(boxes_) +
               "\n```\n\n| offset | size | field | type | meaning |\n|---|---|---|---|---|\n" + rows_;
    }
    /// The bytes of the fixed fields, and the names of the others: "9 + payload".
    [[nodiscard]] string size(std::size_t overhead = 0) const { return grouped(fixed_ + overhead) + variable_; }

private:
    void add_command() {
        if (command_added_ || offset_ != of_.command_offset) return;
        command_added_ = true;
        const field_description number{.name = "command", .width = of_.command_width, .order = of_.command_order};
        put(wire_hex(one_.code, of_.command_width, of_.command_order, " "), number,
            "`" + wire_hex(one_.code, of_.command_width) + "`");
    }

    void put(const string& label, const field_description& field, const string& meaning) {
        const auto size = fixed_size(field);
        boxes_.push_back({label, size});
        rows_ += "| " + (offset_ ? to_string(*offset_) : "") + " | " + size_of(field) + " | " + cell(field.name) +
                 " | " + type_of(field) + " | " + meaning + " |\n";
        if (size) fixed_ += *size;
        else variable_ += " + " + label;
        offset_ = offset_ && size ? std::optional(*offset_ + *size) : std::nullopt;
    }

    void add(const field_description& field) {
        if (is_counted(field)) {
            const field_description number = number_of(field);
            put(number.name, number, meaning_of_number(field));
        }
        put(field.name, field, meaning_of(field));
        add_element(field.element, field.name + "[i]");
    }

    // What one element is made of; it has no offset, and no box of its own.
    void add_element(const std::vector<field_description>& element, const string& prefix) {
        for (const auto& member : element) {
            const string name = member.name.empty() ? prefix : prefix + "." + member.name;
            rows_ += "| | " + (is_counted(member) ? size_of(number_of(member)) + " + ..." : size_of(member)) + " | " +
                     cell(name) + " | " + type_of(member) + " | " + meaning_of(member) + " |\n";
            add_element(member.element, name + "[i]");
        }
    }

    const packet::description& of_;
    const packet_description& one_;
    std::optional<std::size_t> offset_ = 0;
    std::size_t fixed_ = 0;
    string variable_;
    bool command_added_ = false;
    std::vector<byte_box> boxes_;
    string rows_;
};

string frames_part(const wire_format& format) {
    if (!format.answer_codec) return frames_page(format.codec);
    return "Towards the server:\n\n" + frames_page(format.codec) + "\nFrom the server:\n\n" +
           frames_page(*format.answer_codec);
}

bool is_answer(const packet::description& what, const string& name) {
    return std::ranges::any_of(what.packets, [&](const auto& one) { return one.reply == name; });
}

const frame::any_codec& codec_of(const packet_description& one, const packet::description& what,
                                 const wire_format& format) {
    return is_answer(what, one.name) ? format.answers() : format.codec;
}

string list_of_packets(const packet::description& what, const wire_format& format) {
    string made = "| command | packet | answered by | bytes of the packet | of its frame |\n|---|---|---|---|---|\n";
    for (const auto& one : what.packets) {
        const packet_table table(what, one);
        const auto overhead = overhead_of(codec_of(one, what, format));
        made += "| `" + wire_hex(one.code, what.command_width) + "` | [" + one.name + "](#" + one.name + ") | " +
                one.reply + " | " + table.size() + " | " + (overhead ? table.size(*overhead) : "") + " |\n";
    }
    return made;
}

string packets_part(const packet::description& what, const wire_format& format) {
    string made = list_of_packets(what, format);
    for (const auto& one : what.packets) {
        made += "\n### " + one.name + "\n\n";
        if (!one.about.empty()) made += one.about + "\n\n";
        made += packet_table(what, one).text();
        const string example = example_frame(what, one, codec_of(one, what, format));
        if (!example.empty()) made += "\nA whole frame: `" + example + "`\n";
    }
    return made;
}

constexpr string_view mark = "<!-- hawser-describe: ";
constexpr string_view end_of_mark = " -->";

}   // namespace

string page(const packet::description& what, const wire_format& format) {
    string around = "# " + cell(what.title.empty() ? what.name : what.title) + "\n\n";
    if (!what.about.empty()) around += what.about + "\n\n";
    around += "## Frames\n\n" + string(mark) + "frames -->\n\n## Packets\n\n" + string(mark) + "packets -->\n";
    return page_around(around, what, format);
}

string page_around(string_view text, const packet::description& what, const wire_format& format) {
    check(what);
    string made;
    bool found = false;
    while (!text.empty()) {
        const string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (!line.starts_with(mark) || !line.ends_with(end_of_mark)) {
            made += string(line) + "\n";
            continue;
        }
        const string_view part = line.substr(mark.size(), line.size() - mark.size() - end_of_mark.size());
        if (part == "frames") made += frames_part(format);
        else if (part == "packets") made += packets_part(what, format);
        else throw std::invalid_argument("page: there is no part '" + string(part) + "', only frames and packets");
        found = true;
    }
    if (!found)
        throw std::invalid_argument("page: there is no line '<!-- hawser-describe: frames -->' or '... packets -->'");
    return made;
}

}   // namespace hawser::protocol
