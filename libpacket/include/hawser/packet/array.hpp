// array: elements with their count before them. The elements are fields, or described structures of fields.
//
//   packet::array<boost::endian::big_int16_t, std::uint8_t> last_ten;  // a view, a std::span
//   packet::array<position, boost::endian::big_uint16_t> track;   // a view too if all that is in it has a fixed size
//   packet::array<packet::text<std::uint8_t>, std::uint8_t> names;     // otherwise a std::vector
//   packet::array<position, std::uint8_t, std::vector<position>> mine; // a vector of what would be viewed
//
// A view is one of the body it was decoded from, or of what it was made from, and valid as long as that is.
#pragma once

#include <hawser/packet/text.hpp>

#include <algorithm>
#include <span>
#include <type_traits>
#include <vector>

namespace hawser::inline v0::packet {

/// Elements of a fixed size are looked at where they lie. A vector of others: decoding it allocates what
/// `count` elements take in memory, never for more than the body has bytes for: up to sizeof(Element) bytes
/// for each byte of the body.
template <class Element>
using elements = std::conditional_t<raw_field<Element>, std::span<const Element>, std::vector<Element>>;

/// What there may be many of.
template <class T>
concept element_field = field<T> && (layout<T>::smallest > 0) && !layout<T>::takes_rest;

/// Elements with their count before them.
template <class Element, length_number Count, class Held = elements<Element>>
struct array : Held {
    static_assert(field<Element>, "the elements of an array are fields, or described structures of fields");
    static_assert(element_field<Element>, "each element has an end, and takes a byte at least");
    using Held::Held;
};

/// What is done with elements, whatever says how many there are.
template <class Field, class Element>
struct elements_layout {
    using element = layout<Element>;
    static constexpr bool looks = std::derived_from<Field, std::span<const Element>>;
    static constexpr bool is_view = looks || element::is_view;

    /// So many raw ones; false if they are not there.
    [[nodiscard]] static bool read_raw(cursor& from, std::size_t count, Field& into) {
        bytes taken;
        if (!from.take(count * sizeof(Element), taken)) return false;
        const auto* const first = reinterpret_cast<const Element*>(taken.data());
        if constexpr (looks) into = Field(first, count);
        else into.assign(first, first + count);
        return true;
    }
    [[nodiscard]] static bool all_fit(const Field& from) noexcept { return std::ranges::all_of(from, &element::fits); }
    /// Why not: the first that does not fit, or too many.
    [[nodiscard]] static errc refusal(const Field& from) noexcept {
        const auto broken = std::ranges::find_if_not(from, &element::fits);
        return broken == from.end() ? errc::value_too_long : refusal_of(*broken);
    }
    /// The bytes that they take.
    [[nodiscard]] static std::size_t size_of_all(const Field& from) noexcept {
        if constexpr (element::is_fixed) return from.size() * element::smallest;
        std::size_t all = 0;
        for (const Element& one : from) all += element::size(one);
        return all;
    }
    /// Says where they end.
    [[nodiscard]] static std::byte* write_all(std::byte* to, const Field& from) noexcept {
        for (const Element& one : from) to = element::write(to, one);
        return to;
    }
    [[nodiscard]] static consteval bool parts_are_described() { return is_described<Element>(); }
};

template <class Element, class Count, class Held>
struct layout<array<Element, Count, Held>> : counted_layout<array<Element, Count, Held>, Count>,
                                             elements_layout<array<Element, Count, Held>, Element> {
    using type = array<Element, Count, Held>;
    using base = counted_layout<type, Count>;
    using parts = elements_layout<type, Element>;
    using element = layout<Element>;

    // The count is held against the bytes that are there before anything is done about it.
    [[nodiscard]] static bool read(cursor& from, type& into) {
        std::size_t count = 0;
        if (!base::read_length(from, count) || count > from.left() / element::smallest) return false;
        if constexpr (element::is_raw) {
            return parts::read_raw(from, count, into);
        } else {
            into.resize(count);
            for (Element& one : into)
                if (!element::read(from, one)) return false;
            return true;
        }
    }
    [[nodiscard]] static bool fits(const type& from) noexcept {
        return can_say<Count>(from.size()) && parts::all_fit(from);
    }
    [[nodiscard]] static std::size_t size(const type& from) noexcept {
        return base::size_of_length(from.size()) + parts::size_of_all(from);
    }
    [[nodiscard]] static std::byte* write(std::byte* to, const type& from) noexcept {
        return parts::write_all(base::write_length(to, from.size()), from);
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        base::describe_as(field_description::kind::array, into, name);
        describe_field<Element>(into.back().element, {});
    }
};

}   // namespace hawser::packet
