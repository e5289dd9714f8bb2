// Text and bytes that may be null: their length is signed, and -1 then, as Kafka has it.
//
//   packet::nullable_text<big_int16_t> client_id = "me";   // 00 02 6d 65
//   packet::nullable_octets<big_int32_t> key;              // ff ff ff ff
//   packet::nullable_text<big_int16_t, std::string> mine;  // as the first, but it owns its letters
//
// Each is a std::optional of a view, or of what owns. A length below -1 is refused (bad_field).
#pragma once

#include <hawser/packet/text.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::packet {

/// Text with its length before it, or null: a view, or a std::string.
template <nullable_length Length, letters Held = std::string_view>
struct nullable_text : std::optional<Held> {
    using std::optional<Held>::optional;
};

/// Bytes with their length before them, or null: a view, a std::vector<std::byte>, or a byte_buffer.
template <nullable_length Length, class Held = bytes>
struct nullable_octets : std::optional<Held> {
    using std::optional<Held>::optional;
};

/// Of both.
template <class Field, class Length, class Held, field_description::kind Kind>
struct nullable_layout {
    static constexpr std::size_t smallest = layout<Length>::smallest;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = false;
    static constexpr bool always_fits = false;
    static constexpr bool is_view = view_of_bytes<Held>;
    using number = length_of<Length>;
    static constexpr number null = -1;

    /// As field says.
    [[nodiscard]] static bool read(cursor& from, Field& into) noexcept(is_view) {
        Length said{};
        bytes taken;
        if (!layout<Length>::read(from, said)) return false;
        const number length = said;
        if (length < null) return from.reject();
        if (length == null) return into.reset(), true;
        if (!from.take(static_cast<std::size_t>(length), taken)) return false;
        hold(into.emplace(), taken);
        return true;
    }
    [[nodiscard]] static bool fits(const Field& from) noexcept { return !from || can_say<Length>(from->size()); }
    /// As field says.
    [[nodiscard]] static std::size_t size(const Field& from) noexcept {
        return layout<Length>::size(length_of_value(from)) + (from ? from->size() : 0);
    }
    /// As field says.
    [[nodiscard]] static std::byte* write(std::byte* to, const Field& from) noexcept {
        to = layout<Length>::write(to, length_of_value(from));
        return from ? write_content(to, content_of(*from)) : to;
    }
    /// As field says.
    static void describe(std::vector<field_description>& into, std::string_view name) {
        layout<Length>::describe(into, name);
        into.back().what = Kind;
        into.back().is_signed = true;
        into.back().is_nullable = true;
    }

private:
    static Length length_of_value(const Field& from) noexcept {
        return from ? static_cast<number>(from->size()) : null;
    }
};

template <class Length, class Held>
struct layout<nullable_text<Length, Held>>
    : nullable_layout<nullable_text<Length, Held>, Length, Held, field_description::kind::counted_text> {};
template <class Length, class Held>
struct layout<nullable_octets<Length, Held>>
    : nullable_layout<nullable_octets<Length, Held>, Length, Held, field_description::kind::counted_bytes> {};

}   // namespace hawser::packet
