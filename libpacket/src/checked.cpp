#include "checked.hpp"

#include <stdexcept>
#include <string>

namespace hawser::inline v0::protocol {

namespace {

using kind = packet::field_description::kind;

bool is_width_of_number(std::size_t width) noexcept { return width >= 1 && width <= 8; }

void check_fields(const std::string& of, const std::vector<packet::field_description>& fields) {
    for (const auto& field : fields) {
        const std::string name = of + "." + field.name;
        if (has_number(field) && !is_width_of_number(field.width))
            throw std::invalid_argument("description: " + name + ": a number of " + std::to_string(field.width) +
                                        " bytes; there are 1 to 8");
        if (field.what == kind::floating && field.width != 4 && field.width != 8)
            throw std::invalid_argument("description: " + name + ": a floating number of " +
                                        std::to_string(field.width) + " bytes; there are 4 and 8");
        if (field.what == kind::array) check_fields(name, field.element);
    }
}

}   // namespace

bool has_number(const packet::field_description& field) noexcept {
    switch (field.what) {
        case kind::fixed_text:
        case kind::fixed_bytes:
        case kind::rest_text:
        case kind::rest: return false;
        case kind::unsigned_integer:
        case kind::signed_integer:
        case kind::floating:
        case kind::enumeration:
        case kind::counted_text:
        case kind::counted_bytes:
        case kind::array: break;
    }
    return true;
}

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
