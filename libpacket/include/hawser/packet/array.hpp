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

/// Elements with their count before them.
template <class Element, length_number Count, class Held = elements<Element>>
struct array : Held {
    static_assert(field<Element>, "the elements of an array are fields, or described structures of fields");
    using Held::Held;
};

template <class Element, class Count, class Held>
struct layout<array<Element, Count, Held>> : counted_layout<array<Element, Count, Held>, Count> {
    using type = array<Element, Count, Held>;
    using base = counted_layout<type, Count>;
    using element = layout<Element>;
    static constexpr bool looks = std::derived_from<type, std::span<const Element>>;
    static constexpr bool is_view = looks || element::is_view;
    static_assert(element::smallest > 0 && !element::takes_rest, "each element has an end, and takes a byte at least");

    // The count is held against the bytes that are there before anything is done about it.
    [[nodiscard]] static bool read(cursor& from, type& into) {
        std::size_t count = 0;
        if (!base::read_length(from, count) || count > from.left() / element::smallest) return false;
        if constexpr (element::is_raw) {
            bytes taken;
            if (!from.take(count * sizeof(Element), taken)) return false;
            const auto* const first = reinterpret_cast<const Element*>(taken.data());
            if constexpr (looks) into = type(first, count);
            else into.assign(first, first + count);
        } else {
            into.resize(count);
            for (Element& one : into)
                if (!element::read(from, one)) return false;
        }
        return true;
    }
    [[nodiscard]] static bool fits(const type& from) noexcept {
        return can_say<Count>(from.size()) && std::ranges::all_of(from, &element::fits);
    }
    [[nodiscard]] static errc refusal(const type& from) noexcept {
        const auto broken = std::ranges::find_if_not(from, &element::fits);
        return broken == from.end() ? errc::value_too_long : refusal_of(*broken);
    }
    [[nodiscard]] static std::size_t size(const type& from) noexcept {
        std::size_t all = sizeof(Count);
        if constexpr (element::is_fixed) return all + from.size() * element::smallest;
        for (const Element& one : from) all += element::size(one);
        return all;
    }
    [[nodiscard]] static std::byte* write(std::byte* to, const type& from) noexcept {
        to = base::write_length(to, from.size());
        for (const Element& one : from) to = element::write(to, one);
        return to;
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        base::describe_as(field_description::kind::array, into, name);
        describe_field<Element>(into.back().element, {});
    }
    [[nodiscard]] static consteval bool parts_are_described() { return is_described<Element>(); }
};

}   // namespace hawser::packet
