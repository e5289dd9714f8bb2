#include "example_frame.hpp"

#include <algorithm>
#include <bit>
#include <map>

namespace hawser::inline v0::protocol {

namespace {

using packet::field_description;
using kind = field_description::kind;

constexpr std::string_view sample = "abc";

void put_number(byte_buffer& out, std::uint64_t value, std::size_t width, byte_order order) {
    for (std::size_t i = 0; i < width; ++i) {
        const std::size_t place = order == byte_order::big ? width - 1 - i : i;
        out.append(static_cast<std::byte>(value >> (8 * place) & 0xff));
    }
}

// As the number of this field lies.
void put_number_of(byte_buffer& out, std::uint64_t value, const field_description& field) {
    const bool is_signed = field.is_signed || field.what == kind::signed_integer;
    if (!field.is_varint) return put_number(out, value, field.width, field.order);
    for (value = is_signed ? 2 * value : value; value >= 0x80; value >>= 7)
        out.append(static_cast<std::byte>(value | 0x80));
    out.append(static_cast<std::byte>(value));
}

bool is_id(const field_description& field) { return field.name == "id" && field.what == kind::fixed_text; }

void put_id(byte_buffer& out, std::size_t width, bool is_request_or_answer) {
    for (std::size_t i = 1; i < width; ++i) out.append(std::byte('0'));
    out.append(std::byte(is_request_or_answer ? '1' : '0'));
}

void put_fixed(byte_buffer& out, const field_description& field) {
    const std::size_t used = std::min(field.width, sample.size());
    out.append(as_bytes(sample.substr(0, used)));
    for (std::size_t i = used; i < field.width; ++i) out.append(std::byte{0});
}

// The fields of a packet, or of an element.
class example_fields {
public:
    explicit example_fields(byte_buffer& out) : out_(out) {}

    void put(const field_description& field) {
        const bool is_there = std::ranges::all_of(field.conditions, [&](const auto& one) {
            return (values_[one.field] & one.mask) != 0;
        });
        if (!is_there) return;
        put_value(field);
    }

private:
    void number(const field_description& field, std::uint64_t value) {
        values_[field.name] = value;
        put_number_of(out_, value, field);
    }
    void put_value(const field_description& field);
    void put_element(const field_description& of) {
        example_fields element(out_);
        for (const auto& member : of.element) element.put(member);
    }

    byte_buffer& out_;
    std::map<std::string, std::uint64_t> values_;   // what others may depend on
};

void example_fields::put_value(const field_description& field) {
    byte_buffer& out = out_;
    switch (field.what) {
        case kind::unsigned_integer:
        case kind::signed_integer: return number(field, 1);
        case kind::flags: return number(field, 0);
        case kind::floating:
            return field.width == 4 ? put_number(out, std::bit_cast<std::uint32_t>(1.0F), 4, field.order)
                                    : put_number(out, std::bit_cast<std::uint64_t>(1.0), 8, field.order);
        case kind::enumeration:
            return number(field, field.values.empty() ? 0 : static_cast<std::uint64_t>(field.values.front().value));
        case kind::fixed_text:
        case kind::fixed_bytes: return put_fixed(out, field);
        case kind::counted_text:
        case kind::counted_bytes: put_number_of(out, sample.size(), field); return out.append(as_bytes(sample));
        case kind::terminated_text:
            out.append(as_bytes(sample.substr(0, field.width - 1)));
            return out.append(std::byte{0});
        case kind::rest_text:
        case kind::rest: return out.append(as_bytes(sample));
        case kind::array: put_number_of(out, 1, field); return put_element(field);
        case kind::sized_array: {
            byte_buffer elements;
            example_fields(elements).put_element(field);
            put_number_of(out, elements.size(), field);
            return out.append(elements.view());
        }
        case kind::rest_array: return put_element(field);
    }
}

}   // namespace

std::string example_frame(const packet::description& what, const packet::packet_description& one,
                          const frame::any_codec& codec) {
    byte_buffer body;
    example_fields fields(body);
    bool command_is_there = false;
    const auto put_command = [&] {
        if (command_is_there || body.size() != what.command_offset) return;
        put_number(body, one.code, what.command_width, what.command_order);
        command_is_there = true;
    };
    const bool answers = std::ranges::any_of(what.packets, [&](const auto& other) { return other.reply == one.name; });
    for (const auto& field : one.fields) {
        put_command();
        if (is_id(field)) put_id(body, field.width, answers || !one.reply.empty());
        else fields.put(field);
    }
    put_command();
    byte_buffer frame;
    if (!command_is_there || codec.encode(body.view(), frame)) return {};
    return to_hex(frame.view());
}

}   // namespace hawser::protocol
