// Elements whose number nobody says, only where they end.
//
//   packet::array_in_bytes<big_uint16_t, record> records;   // a length in bytes, then elements that fill it exactly
//   packet::until_end<parameter> more;                      // elements to the end of the body, the last field
//
// As an array they are a view if their elements have a fixed size, otherwise a vector; a third parameter (of until_end
// the second) says what holds them. A vector grows as elements are read: of elements that take a byte each it takes up
// to three times sizeof(Element) for each byte of the body, while it grows.
#pragma once

#include <hawser/packet/array.hpp>

#include <string_view>
#include <vector>

namespace hawser::inline v0::packet {

/// Elements with their length in bytes before them.
template <length_number Length, class Element, class Held = elements<Element>>
struct array_in_bytes : Held {
    static_assert(field<Element>, "the elements of an array are fields, or described structures of fields");
    static_assert(element_field<Element>, "each element has an end, and takes a byte at least");
    using Held::Held;
};

/// Elements to the end of the body.
template <class Element, class Held = elements<Element>>
struct until_end : Held {
    static_assert(field<Element>, "the elements of an array are fields, or described structures of fields");
    static_assert(element_field<Element>, "each element has an end, and takes a byte at least");
    using Held::Held;
};

/// Reads elements until there is nothing left; false if the last one is not whole.
template <class Field, class Element>
[[nodiscard]] bool read_elements(cursor& from, Field& into) {
    if constexpr (layout<Element>::is_raw) {
        const std::size_t count = from.left() / sizeof(Element);
        return elements_layout<Field, Element>::read_raw(from, count, into) && from.left() == 0;
    } else {
        into.clear();
        while (from.left() > 0)
            if (!layout<Element>::read(from, into.emplace_back())) return false;
        return true;
    }
}

template <class Length, class Element, class Held>
struct layout<array_in_bytes<Length, Element, Held>> : counted_layout<array_in_bytes<Length, Element, Held>, Length>,
                                                       elements_layout<array_in_bytes<Length, Element, Held>, Element> {
    using type = array_in_bytes<Length, Element, Held>;
    using base = counted_layout<type, Length>;
    using parts = elements_layout<type, Element>;

    [[nodiscard]] static bool read(cursor& from, type& into) {
        std::size_t length = 0;
        bytes taken;
        if (!base::read_length(from, length) || !from.take(length, taken)) return false;
        cursor inside(taken);
        return read_elements<type, Element>(inside, into) || from.reject();
    }
    [[nodiscard]] static bool fits(const type& from) noexcept {
        return parts::all_fit(from) && can_say<Length>(parts::size_of_all(from));
    }
    [[nodiscard]] static std::size_t size(const type& from) noexcept {
        const std::size_t length = parts::size_of_all(from);
        return base::size_of_length(length) + length;
    }
    [[nodiscard]] static std::byte* write(std::byte* to, const type& from) noexcept {
        return parts::write_all(base::write_length(to, parts::size_of_all(from)), from);
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        base::describe_as(field_description::kind::sized_array, into, name);
        describe_field<Element>(into.back().element, {});
    }
};

template <class Element, class Held>
struct layout<until_end<Element, Held>> : elements_layout<until_end<Element, Held>, Element> {
    using type = until_end<Element, Held>;
    using parts = elements_layout<type, Element>;
    static constexpr std::size_t smallest = 0;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = true;
    static constexpr bool always_fits = layout<Element>::always_fits;

    [[nodiscard]] static bool read(cursor& from, type& into) { return read_elements<type, Element>(from, into); }
    [[nodiscard]] static bool fits(const type& from) noexcept { return parts::all_fit(from); }
    [[nodiscard]] static std::size_t size(const type& from) noexcept { return parts::size_of_all(from); }
    [[nodiscard]] static std::byte* write(std::byte* to, const type& from) noexcept {
        return parts::write_all(to, from);
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        into.push_back({.name = std::string(name), .what = field_description::kind::rest_array, .width = 0});
        describe_field<Element>(into.back().element, {});
    }
};

}   // namespace hawser::packet
