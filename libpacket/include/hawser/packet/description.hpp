// description: what a protocol's packets look like, as data. For whoever explains packets rather than reads them: the
// dissector, the page, a generator of traffic.
//
//   const packet::description what = packet::describe<packet::default_protocol>();
//   for (const auto& one : what.packets) std::cout << one.name << ' ' << one.fields.size() << '\n';
#pragma once

#include <hawser/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hawser::inline v0::packet {

/// A value that has a name. One of an unsigned number above 2^63 - 1 is kept as the negative with the same bits.
struct named_value {
    std::int64_t value = 0;
    std::string name;
};

/// A field is in a body only if the bits of an earlier one say so.
struct field_condition {
    std::string field;        ///< its name, in the same packet or element
    std::uint64_t mask = 0;   ///< any of these bits
};

/// What is known of one field of a packet.
struct field_description {
    /// What its bytes mean.
    enum class kind : unsigned char {
        unsigned_integer,
        signed_integer,
        floating,          ///< IEEE 754, of 4 or 8 bytes
        enumeration,       ///< an integer with `values`
        flags,             ///< an unsigned integer of which `values` are masks
        fixed_text,        ///< `width` bytes of text
        fixed_bytes,       ///< `width` bytes
        counted_text,      ///< a length of `width` bytes, then as many bytes of text
        counted_bytes,     ///< a length of `width` bytes, then as many bytes
        terminated_text,   ///< text and a NUL, of at most `width` bytes together
        rest_text,         ///< all that is left, as text; the last field
        rest,              ///< all that is left; the last field
        array,             ///< a count of `width` bytes, then as many elements, each made of `element`
        sized_array,       ///< a length of `width` bytes, then elements that fill it
        rest_array,        ///< elements to the end of the body; the last field
    };

    std::string name;
    kind what = kind::unsigned_integer;
    std::size_t width = 1;                  ///< bytes of the number (1 to 8), or of the
                                            ///< text or bytes; 0 for rest
    byte_order order = byte_order::big;     ///< of the number
    std::vector<named_value> values = {};   ///< of an enumeration, or the masks of flags
    /// Of an array; one without a name if its elements are not structures.
    std::vector<field_description> element = {};
    std::string about = {};     ///< what it means, in words; may be empty
    bool is_signed = false;     ///< whether the number of an enumeration is
    bool is_varint = false;     ///< the number is LEB128, zigzag if it is signed; `width` is that of the largest
    bool is_nullable = false;   ///< of what is counted: its length is signed, and may be -1 for none
    bool is_optional = false;   ///< the body may end before it: then it and all behind it are absent
    /// It is in a body only if all of these hold.
    std::vector<field_condition> conditions = {};

    /// A value of it in decimal.
    [[nodiscard]] std::string text_of(const named_value& one) const {
        return is_signed ? std::to_string(one.value) : std::to_string(static_cast<std::uint64_t>(one.value));
    }
};

/// What is known of a packet: for pages, dissectors and logs.
struct packet_description {
    std::string name;
    std::uint64_t code = 0;
    std::string reply = {};                       ///< the name of the packet that answers it; empty if none does
    std::vector<field_description> fields = {};   ///< in order, without the command
    std::string about = {};
};

struct description {
    std::string name;                 ///< an identifier: "hawser"
    std::string title = {};           ///< for people: "The hawser protocol"
    std::string about = {};           ///< Markdown
    std::size_t command_offset = 0;   ///< of the command in every body; fields lie around it in their order
    std::size_t command_width = 1;    ///< 1 to 8 bytes
    byte_order command_order = byte_order::big;
    std::vector<packet_description> packets = {};
};

}   // namespace hawser::packet
