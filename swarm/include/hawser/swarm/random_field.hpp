// random_field: fills the fields of a packet with random values that make sense: named ones of an enum, short words.
//
//   swarm::fill(reading, stuff);      // every field, the id included
//
// A field of your own stays as it is, unless you specialise random_field for it.
#pragma once

#include <hawser/packet/packet.hpp>
#include <hawser/swarm/material.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

namespace hawser::swarm {

/// A word, and an array, are at most this long: a load should look like a load, not like a test of limits.
inline constexpr std::size_t longest_word = 12;
inline constexpr std::size_t longest_array = 4;   ///< elements of an array at most

template <class Field>
struct random_field {
    static void fill(Field&, material&) {}
};

/// Fills any field, or a packet of them, with what it may hold.
template <class Field>
void fill(Field& into, material& from) {
    random_field<Field>::fill(into, from);
}

template <packet::number Number>
struct random_field<Number> {
    static void fill(Number& into, material& from) { into = static_cast<packet::value_of<Number>>(from.number()); }
};

/// One of the enum's values that have names; any number if none has.
template <class Enum>
[[nodiscard]] Enum random_enum(material& from) {
    static const std::vector<packet::named_value> named = packet::names_of_values<Enum>();   // made once, not a request
    if (named.empty()) return static_cast<Enum>(from.number());
    return static_cast<Enum>(named[from.below(named.size())].value);
}

template <class Enum>
    requires std::is_enum_v<Enum>
struct random_field<Enum> {
    static void fill(Enum& into, material& from) { into = random_enum<Enum>(from); }
};
template <class Enum, class Number>
struct random_field<packet::enum_as<Enum, Number>> {
    static void fill(packet::enum_as<Enum, Number>& into, material& from) { into = random_enum<Enum>(from); }
};

template <>
struct random_field<packet::id> {
    static void fill(packet::id& into, material& from) {
        into = packet::serial::from_number(static_cast<std::uint32_t>(1 + from.below(packet::serial::last)));
    }
};
template <std::size_t Size>
struct random_field<packet::fixed_text<Size>> {
    static void fill(packet::fixed_text<Size>& into, material& from) {
        into = packet::fixed_text<Size>(from.letters(std::min(Size, longest_word)));
    }
};
template <std::size_t Size>
struct random_field<std::array<std::byte, Size>> {
    static void fill(std::array<std::byte, Size>& into, material& from) {
        for (std::byte& one : into) one = static_cast<std::byte>(from.number());
    }
};

template <class Length, class Held>
struct random_field<packet::text<Length, Held>> {
    static void fill(packet::text<Length, Held>& into, material& from) { into = from.letters(longest_word); }
};
template <class Length, class Held>
struct random_field<packet::octets<Length, Held>> {
    static void fill(packet::octets<Length, Held>& into, material& from) { into = as_bytes(from.letters(longest_word)); }
};
template <packet::rest_field Rest>
struct random_field<Rest> {
    static void fill(Rest& into, material& from) { packet::hold(into, from.payload()); }
};

template <class Element, class Count, class Held>
struct random_field<packet::array<Element, Count, Held>> {
    static void fill(packet::array<Element, Count, Held>& into, material& from) {
        const std::size_t count = from.below(longest_array + 1);
        if constexpr (std::same_as<Held, std::span<const Element>>) {
            const mutable_bytes room = from.room(count * sizeof(Element));
            for (std::size_t i = 0; i < count; ++i) {
                Element one{};
                random_field<Element>::fill(one, from);
                std::memcpy(room.data() + i * sizeof(Element), &one, sizeof(Element));
            }
            into = packet::array<Element, Count, Held>(reinterpret_cast<const Element*>(room.data()), count);
        } else {
            into.resize(count);
            for (Element& one : into) random_field<Element>::fill(one, from);
        }
    }
};

/// Every member of a described struct, and of a packet.
template <packet::described Structure>
struct random_field<Structure> {
    static void fill(Structure& into, material& from) {
        using parts = packet::structure<Structure>;
        packet::each<0, parts::count>([&]<std::size_t I>() {
            random_field<typename parts::template type<I>>::fill(into.*(parts::template member<I>::pointer), from);
            return true;
        });
    }
};

}  // namespace hawser::swarm
