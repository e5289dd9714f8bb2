// Text and bytes whose length is in the body, before them or by where it ends.
//
//   packet::text<std::uint8_t> place = "bridge";                       // 06 62 72 69 64 67 65
//   packet::octets<boost::endian::big_uint32_t> blob = as_bytes("x");  // 00 00 00 01 78
//   packet::rest note = as_bytes("x");                                 // 78, the last field
//   packet::text<std::uint8_t, std::string> name;                      // as the first, but it owns its letters
//
// Views, unless they say what they own: of the body they were decoded from, or of what they were made from, and valid
// as long as that is. What is longer than its length can say is refused when it is encoded, never cut.
#pragma once

#include <hawser/packet/layout.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::packet {

/// Letters, or bytes, of somebody else.
template <class T>
concept view_of_bytes = std::derived_from<T, std::string_view> || std::derived_from<T, bytes>;
template <class T>
concept letters = std::derived_from<T, std::string_view> || std::derived_from<T, std::string>;

/// What is in a text, or in bytes, whoever owns them.
[[nodiscard]] inline bytes content_of(std::string_view text) noexcept { return as_bytes(text); }
[[nodiscard]] inline bytes content_of(bytes data) noexcept { return data; }
[[nodiscard]] inline bytes content_of(const byte_buffer& data) noexcept { return data.view(); }

/// Makes `into` a view of these bytes, or a copy if it owns what it holds.
template <class Field>
constexpr void hold(Field& into, bytes content) noexcept(view_of_bytes<Field>) {
    if constexpr (std::derived_from<Field, std::string_view>) into = Field(as_text(content));
    else if constexpr (std::derived_from<Field, bytes>) into = Field(content);
    else if constexpr (std::derived_from<Field, std::string>) into.assign(as_text(content));
    else if constexpr (std::derived_from<Field, byte_buffer>) into.clear(), into.append(content);
    else into.assign(content.begin(), content.end());
}

/// Text with its length before it: a view, or a std::string.
template <length_number Length, letters Held = std::string_view>
struct text : Held {
    text() = default;
    template <std::convertible_to<std::string_view> Text>
    constexpr text(const Text& of) noexcept(view_of_bytes<Held>) : Held(std::string_view(of)) {}
    constexpr text(Held&& of) noexcept : Held(std::move(of)) {}
};

/// Bytes with their length before them: a view, a std::vector<std::byte>, or a byte_buffer.
template <length_number Length, class Held = bytes>
struct octets : Held {
    octets() = default;
    constexpr octets(bytes of) noexcept(view_of_bytes<Held>) { hold<Held>(*this, of); }
    constexpr octets(Held&& of) noexcept
        requires(!view_of_bytes<Held>)
        : Held(std::move(of)) {}
};

/// All that is left of a body; the last field. A view ...
using rest = bytes;
using rest_text = std::string_view;   ///< the same, as text
/// ... or what owns it.
template <class T>
concept rest_field = std::same_as<T, rest> || std::same_as<T, rest_text> || std::same_as<T, std::string> ||
                     std::same_as<T, std::vector<std::byte>> || std::same_as<T, byte_buffer>;

/// What begins with a length, or a count.
template <class Field, length_number Length>
struct counted_layout {
    static constexpr std::size_t smallest = layout<Length>::smallest;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = false;
    static constexpr bool always_fits = false;

    /// False if it is not all there.
    [[nodiscard]] static bool read_length(cursor& from, std::size_t& into) noexcept {
        Length said{};
        if (!layout<Length>::read(from, said)) return false;
        into = static_cast<length_of<Length>>(said);
        return true;
    }
    /// The bytes of the length itself.
    [[nodiscard]] static std::size_t size_of_length(std::size_t count) noexcept {
        if constexpr (layout<Length>::is_fixed) return sizeof(Length);
        else return layout<Length>::size(Length(static_cast<length_of<Length>>(count)));
    }
    /// Says where it ends.
    [[nodiscard]] static std::byte* write_length(std::byte* to, std::size_t count) noexcept {
        return layout<Length>::write(to, Length(static_cast<length_of<Length>>(count)));
    }
    /// What is known of a field that begins with its length.
    static void describe_as(field_description::kind what, std::vector<field_description>& into, std::string_view name) {
        layout<Length>::describe(into, name);
        into.back().what = what;
    }
};

/// Copies `content` to where there is room for it, and says where it ends.
[[nodiscard]] inline std::byte* write_content(std::byte* to, bytes content) noexcept {
    if (!content.empty()) std::memcpy(to, content.data(), content.size());
    return to + content.size();
}

/// Text, or bytes, with the length before.
template <class Field, length_number Length, field_description::kind Kind>
struct counted_bytes_layout : counted_layout<Field, Length> {
    using base = counted_layout<Field, Length>;
    static constexpr bool is_view = view_of_bytes<Field>;

    /// As field says.
    [[nodiscard]] static bool read(cursor& from, Field& into) noexcept(is_view) {
        std::size_t length = 0;
        bytes taken;
        if (!base::read_length(from, length) || !from.take(length, taken)) return false;
        hold(into, taken);
        return true;
    }
    [[nodiscard]] static bool fits(const Field& from) noexcept { return can_say<Length>(from.size()); }
    /// As field says.
    [[nodiscard]] static std::size_t size(const Field& from) noexcept {
        return base::size_of_length(from.size()) + from.size();
    }
    /// As field says.
    [[nodiscard]] static std::byte* write(std::byte* to, const Field& from) noexcept {
        return write_content(base::write_length(to, from.size()), content_of(from));
    }
    /// As field says.
    static void describe(std::vector<field_description>& into, std::string_view name) {
        base::describe_as(Kind, into, name);
    }
};

template <class Length, class Held>
struct layout<text<Length, Held>>
    : counted_bytes_layout<text<Length, Held>, Length, field_description::kind::counted_text> {};
template <class Length, class Held>
struct layout<octets<Length, Held>>
    : counted_bytes_layout<octets<Length, Held>, Length, field_description::kind::counted_bytes> {};

/// What is left of the body.
template <rest_field Field>
struct layout<Field> {
    static constexpr std::size_t smallest = 0;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = true;
    static constexpr bool always_fits = true;
    static constexpr bool is_view = view_of_bytes<Field>;

    [[nodiscard]] static bool read(cursor& from, Field& into) noexcept(is_view) {
        hold(into, from.rest());
        return true;
    }
    [[nodiscard]] static constexpr bool fits(const Field&) noexcept { return true; }
    [[nodiscard]] static std::size_t size(const Field& from) noexcept { return from.size(); }
    [[nodiscard]] static std::byte* write(std::byte* to, const Field& from) noexcept {
        return write_content(to, content_of(from));
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        using kind = field_description::kind;
        into.push_back({.name = std::string(name), .what = letters<Field> ? kind::rest_text : kind::rest, .width = 0});
    }
};

}   // namespace hawser::packet
