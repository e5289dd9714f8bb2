// Text and bytes whose length is in the body, before them or by where it ends.
//
//   packet::text<std::uint8_t> place = "bridge";                       // 06 62 72 69 64 67 65
//   packet::octets<boost::endian::big_uint32_t> blob = as_bytes("x");  // 00 00 00 01 78
//   packet::rest note = as_bytes("x");                                 // 78, the last field
//
// Views: of the body they were decoded from, or of what they were made from, and valid as long as that is. What is
// longer than its length can say is refused when it is encoded, never cut.
#pragma once

#include <hawser/packet/layout.hpp>

#include <concepts>

namespace hawser::packet {

/// Text with its length before it. A view.
template <length_number Length>
struct text : std::string_view {
    text() = default;
    template <std::convertible_to<std::string_view> Text>
    constexpr text(const Text& of) noexcept : std::string_view(of) {}
};

/// Bytes with their length before them. A view.
template <length_number Length>
struct octets : bytes {
    octets() = default;
    constexpr octets(bytes of) noexcept : bytes(of) {}
};

/// All that is left of a body; the last field. A view.
using rest = bytes;
using rest_text = std::string_view;

/// What begins with a length, or a count.
template <class Field, length_number Length>
struct counted_layout {
    static constexpr std::size_t smallest = sizeof(Length);
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = false;
    static constexpr bool always_fits = false;

    [[nodiscard]] static bool read_length(cursor& from, std::size_t& into) noexcept {
        Length said{};
        if (!layout<Length>::read(from, said)) return false;
        into = static_cast<value_of<Length>>(said);
        return true;
    }
    [[nodiscard]] static std::byte* write_length(std::byte* to, std::size_t count) noexcept {
        return layout<Length>::write(to, Length(static_cast<value_of<Length>>(count)));
    }
    static void describe_as(field_description::kind what, std::vector<field_description>& into, std::string_view name) {
        layout<Length>::describe(into, name);
        into.back().what = what;
    }
};

/// Text, or bytes, with the length before.
template <class Field, length_number Length, field_description::kind Kind>
struct counted_bytes_layout : counted_layout<Field, Length> {
    using base = counted_layout<Field, Length>;

    [[nodiscard]] static bool read(cursor& from, Field& into) noexcept {
        std::size_t length = 0;
        bytes taken;
        if (!base::read_length(from, length) || !from.take(length, taken)) return false;
        if constexpr (std::is_base_of_v<std::string_view, Field>) into = Field(as_text(taken));
        else into = Field(taken);
        return true;
    }
    [[nodiscard]] static bool fits(const Field& from) noexcept { return can_say<Length>(from.size()); }
    [[nodiscard]] static std::size_t size(const Field& from) noexcept { return sizeof(Length) + from.size(); }
    [[nodiscard]] static std::byte* write(std::byte* to, const Field& from) noexcept {
        to = base::write_length(to, from.size());
        if (!from.empty()) std::memcpy(to, from.data(), from.size());
        return to + from.size();
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        base::describe_as(Kind, into, name);
    }
};

template <class Length>
struct layout<text<Length>> : counted_bytes_layout<text<Length>, Length, field_description::kind::counted_text> {};
template <class Length>
struct layout<octets<Length>> : counted_bytes_layout<octets<Length>, Length, field_description::kind::counted_bytes> {};

/// What is left of the body.
template <class Field, field_description::kind Kind>
struct rest_layout {
    static constexpr std::size_t smallest = 0;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = true;
    static constexpr bool always_fits = true;

    [[nodiscard]] static bool read(cursor& from, Field& into) noexcept {
        if constexpr (std::same_as<Field, std::string_view>) into = as_text(from.rest());
        else into = from.rest();
        return true;
    }
    [[nodiscard]] static constexpr bool fits(const Field&) noexcept { return true; }
    [[nodiscard]] static std::size_t size(const Field& from) noexcept { return from.size(); }
    [[nodiscard]] static std::byte* write(std::byte* to, const Field& from) noexcept {
        if (!from.empty()) std::memcpy(to, from.data(), from.size());
        return to + from.size();
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        into.push_back({.name = std::string(name), .what = Kind, .width = 0});
    }
};

template <>
struct layout<rest> : rest_layout<rest, field_description::kind::rest> {};
template <>
struct layout<rest_text> : rest_layout<rest_text, field_description::kind::rest_text> {};

}  // namespace hawser::packet
