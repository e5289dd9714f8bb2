#include "checked.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::protocol {

namespace {

using packet::field_description;
using kind = field_description::kind;

bool is_width_of_number(std::size_t width) noexcept { return width >= 1 && width <= 8; }

bool is_mask(std::uint64_t mask, std::size_t width) noexcept {
    return mask != 0 && (width >= 8 || mask >> (8 * width) == 0);
}

bool is_run_of_bytes(const field_description& field) noexcept {
    return field.what == kind::counted_text || field.what == kind::counted_bytes;
}

bool has_bits(const field_description& field) noexcept {
    return !field.is_varint && (field.what == kind::unsigned_integer || field.what == kind::signed_integer ||
                                field.what == kind::enumeration || field.what == kind::flags);
}

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
    throw std::invalid_argument("description: " + name + ": " + why);
}

void check_number(const std::string& name, const field_description& field) {
    const std::string width = std::to_string(field.width);
    if (!is_width_of_number(field.width)) refuse(name, "a number of " + width + " bytes; there are 1 to 8");
    if (field.what == kind::floating && field.width != 4 && field.width != 8)
        refuse(name, "a floating number of " + width + " bytes; there are 4 and 8");
    if (field.is_varint && (field.what == kind::floating || field.what == kind::flags))
        refuse(name, "only integers and lengths are varints");
    if (field.what != kind::flags) return;
    for (const auto& mask : field.values)
        if (!is_mask(static_cast<std::uint64_t>(mask.value), field.width))
            refuse(name, "the mask of " + mask.name + " has no bits, or others than its " + width + " bytes have");
}

// What a field depends on was read before it.
void check_conditions(const std::string& name, const field_description& field,
                      const std::vector<field_description>& fields) {
    const auto end = fields.begin() + (&field - fields.data());
    for (const auto& condition : field.conditions) {
        const auto found = std::find_if(fields.begin(), end,
                                        [&](const auto& one) { return one.name == condition.field; });
        if (found == end || !has_bits(*found))
            refuse(name, "it depends on " + condition.field + ", which is no number before it");
        if (!is_mask(condition.mask, found->width))
            refuse(name, "it depends on bits that " + condition.field + " does not have");
    }
}

void check_element(const std::string& name, const std::vector<field_description>& fields);

void check_field(const std::string& name, const field_description& field) {
    if (has_number(field)) check_number(name, field);
    if (field.is_nullable && (!is_run_of_bytes(field) || !field.is_signed))
        refuse(name, "what may be null is text or bytes behind a signed length");
    if (field.what == kind::terminated_text && field.width == 0) refuse(name, "a text of no bytes has no NUL");
    if (!field.element.empty()) check_element(name, field.element);
}

// Of a packet: only the last one may end where the body does.
void check_fields(const std::string& of, const std::vector<field_description>& fields) {
    for (const auto& field : fields) {
        const std::string name = of + "." + field.name;
        check_field(name, field);
        check_conditions(name, field, fields);
        if (takes_rest(field) && &field != &fields.back())
            refuse(name, "it takes all that is left, and " + fields.back().name + " is behind it");
    }
}

void check_element(const std::string& of, const std::vector<field_description>& fields) {
    for (const auto& field : fields) {
        const std::string name = field.name.empty() ? of : of + "." + field.name;
        check_field(name, field);
        check_conditions(name, field, fields);
        if (field.is_optional) refuse(name, "a body does not end inside of an element, so all of it is there");
        if (takes_rest(field)) refuse(name, "it takes all that is left, and is part of an element, which has an end");
    }
}

}   // namespace

extent extent_of(const field_description& field) noexcept {
    switch (field.what) {
        case kind::unsigned_integer:
        case kind::signed_integer:
        case kind::floating:
        case kind::enumeration:
        case kind::flags: return extent::number;
        case kind::fixed_text:
        case kind::fixed_bytes: return extent::fixed;
        case kind::counted_text:
        case kind::counted_bytes:
        case kind::array:
        case kind::sized_array: return extent::counted;
        case kind::terminated_text: return extent::terminated;
        case kind::rest_text:
        case kind::rest:
        case kind::rest_array: break;
    }
    return extent::rest;
}

bool has_number(const field_description& field) noexcept {
    const extent how = extent_of(field);
    return how == extent::number || how == extent::counted;
}

bool is_counted(const field_description& field) noexcept { return extent_of(field) == extent::counted; }

bool takes_rest(const field_description& field) noexcept { return extent_of(field) == extent::rest; }

void check(const packet::description& what) {
    if (what.name.empty()) throw std::invalid_argument("description: a protocol has a name");
    if (!is_width_of_number(what.command_width))
        throw std::invalid_argument("description: a command of " + std::to_string(what.command_width) +
                                    " bytes; there are 1 to 8");
    for (const auto& one : what.packets) {
        if (one.name.empty()) throw std::invalid_argument("description: a packet has a name");
        if (what.command_width < 8 && one.code >> (8 * what.command_width) != 0)
            throw std::invalid_argument("description: " + one.name + ": the command " + std::to_string(one.code) +
                                        " does not fit into " + std::to_string(what.command_width) + " bytes");
        check_fields(one.name, one.fields);
    }
}

}   // namespace hawser::protocol
