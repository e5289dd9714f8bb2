// random_field: fills the fields of a packet with plausible random values: named values of an enum, short words.
//
//   swarm::fill(reading, values);      // every field, the id included
//
// A field of your own stays as it is, unless you specialise random_field for it.
#pragma once

#include <hawser/packet/packet.hpp>
#include <hawser/swarm/random_values.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

namespace hawser::inline v0::swarm {

/// Words and arrays are at most this long: a load should look like real traffic, not like a test of limits.
inline constexpr std::size_t longest_word = 12;
inline constexpr std::size_t longest_array = 4;   ///< elements of an array at most

template <class Field>
struct random_field {
    static void fill(Field&, random_values&) {}
};

/// Fills any field, or all fields of a packet.
template <class Field>
void fill(Field& field, random_values& values) {
    random_field<Field>::fill(field, values);
}

template <packet::number Number>
struct random_field<Number> {
    static void fill(Number& field, random_values& values) {
        field = static_cast<packet::value_of<Number>>(values.number());
    }
};

/// With three digits behind the point.
template <packet::floating_number Number>
struct random_field<Number> {
    static void fill(Number& field, random_values& values) {
        field = static_cast<packet::value_of<Number>>(static_cast<double>(values.below(1'000'000)) / 1000);
    }
};

/// Of any length in bytes.
template <packet::varint_number Number>
struct random_field<Number> {
    static void fill(Number& field, random_values& values) {
        const std::size_t bits = packet::layout<Number>::bits;
        field = Number::from_coded(values.number() >> (64 - bits) >> values.below(bits));
    }
};

/// One of the enum's values that have names; any number if none has.
template <class Enum>
[[nodiscard]] Enum random_enum(random_values& values) {
    // static, so not for each request.
    static const std::vector<packet::named_value> named = packet::names_of_values<Enum>();
    if (named.empty()) return static_cast<Enum>(values.number());
    return static_cast<Enum>(named[values.below(named.size())].value);
}

template <class Enum>
    requires std::is_enum_v<Enum>
struct random_field<Enum> {
    static void fill(Enum& field, random_values& values) { field = random_enum<Enum>(values); }
};
template <class Enum, class Number>
struct random_field<packet::enum_as<Enum, Number>> {
    static void fill(packet::enum_as<Enum, Number>& field, random_values& values) { field = random_enum<Enum>(values); }
};

/// Bits that have names; any if none has.
template <class Enum, class Number>
struct random_field<packet::flags<Enum, Number>> {
    static void fill(packet::flags<Enum, Number>& field, random_values& values) {
        using bits = typename packet::flags<Enum, Number>::plain;
        static const std::vector<packet::named_value> named = packet::names_of_values<Enum>();
        std::uint64_t masks = named.empty() ? ~std::uint64_t{0} : 0;
        for (const auto& one : named) masks |= static_cast<std::uint64_t>(one.value);
        field = packet::flags<Enum, Number>(static_cast<bits>(values.number() & masks));
    }
};
template <auto On, auto Mask, class T>
struct random_field<packet::when<On, Mask, T>> {
    static void fill(packet::when<On, Mask, T>& field, random_values& values) { random_field<T>::fill(*field, values); }
};

template <>
struct random_field<packet::id> {
    static void fill(packet::id& field, random_values& values) {
        field = packet::serial::from_number(static_cast<std::uint32_t>(1 + values.below(packet::serial::last)));
    }
};
template <std::size_t Size>
struct random_field<packet::fixed_text<Size>> {
    static void fill(packet::fixed_text<Size>& field, random_values& values) {
        field = packet::fixed_text<Size>(values.letters(std::min(Size, longest_word)));
    }
};
template <std::size_t Size>
struct random_field<std::array<std::byte, Size>> {
    static void fill(std::array<std::byte, Size>& field, random_values& values) {
        for (std::byte& one : field) one = static_cast<std::byte>(values.number());
    }
};

template <class Length, class Held>
struct random_field<packet::text<Length, Held>> {
    static void fill(packet::text<Length, Held>& field, random_values& values) { field = values.letters(longest_word); }
};
template <std::size_t Most, class Held>
struct random_field<packet::c_text<Most, Held>> {
    static void fill(packet::c_text<Most, Held>& field, random_values& values) {
        if constexpr (Most > 1) field = values.letters(std::min(Most - 1, longest_word));
    }
};
template <class Length, class Held>
struct random_field<packet::octets<Length, Held>> {
    static void fill(packet::octets<Length, Held>& field, random_values& values) {
        field = as_bytes(values.letters(longest_word));
    }
};
template <packet::rest_field Rest>
struct random_field<Rest> {
    static void fill(Rest& field, random_values& values) { packet::hold(field, values.payload()); }
};

/// So many elements; a view of them is one of what `values` keeps.
template <class Element, class Field>
void fill_elements(Field& field, std::size_t count, random_values& values) {
    if constexpr (std::derived_from<Field, std::span<const Element>>) {
        const mutable_bytes room = values.room(count * sizeof(Element));
        for (std::size_t i = 0; i < count; ++i) {
            Element one{};
            random_field<Element>::fill(one, values);
            std::memcpy(room.data() + i * sizeof(Element), &one, sizeof(Element));
        }
        field = Field(reinterpret_cast<const Element*>(room.data()), count);
    } else {
        field.resize(count);
        for (Element& one : field) random_field<Element>::fill(one, values);
    }
}

template <class Element, class Count, class Held>
struct random_field<packet::array<Element, Count, Held>> {
    static void fill(packet::array<Element, Count, Held>& field, random_values& values) {
        fill_elements<Element>(field, values.below(longest_array + 1), values);
    }
};
/// Fewer, if all of them are longer than its length can say.
template <class Length, class Element, class Held>
struct random_field<packet::array_in_bytes<Length, Element, Held>> {
    using type = packet::array_in_bytes<Length, Element, Held>;
    static void fill(type& field, random_values& values) {
        std::size_t count = values.below(longest_array + 1);
        do fill_elements<Element>(field, count, values);
        while (count-- > 0 && !packet::layout<type>::fits(field));
    }
};
template <class Element, class Held>
struct random_field<packet::until_end<Element, Held>> {
    static void fill(packet::until_end<Element, Held>& field, random_values& values) {
        fill_elements<Element>(field, values.below(longest_array + 1), values);
    }
};

/// One in four is null.
template <class Length, class Held>
struct random_field<packet::nullable_text<Length, Held>> {
    static void fill(packet::nullable_text<Length, Held>& field, random_values& values) {
        if (values.below(4) == 0) field.reset();
        else field.emplace(values.letters(longest_word));
    }
};
template <class Length, class Held>
struct random_field<packet::nullable_octets<Length, Held>> {
    static void fill(packet::nullable_octets<Length, Held>& field, random_values& values) {
        if (values.below(4) == 0) field.reset();
        else packet::hold(field.emplace(), as_bytes(values.letters(longest_word)));
    }
};
/// One in four is absent, with those behind it: the struct around it sees to that.
template <class T>
struct random_field<packet::optional<T>> {
    static void fill(packet::optional<T>& field, random_values& values) {
        if (values.below(4) == 0) field.reset();
        else random_field<T>::fill(field.emplace(), values);
    }
};

/// Every member of a described struct, and of a packet.
template <packet::described Structure>
struct random_field<Structure> {
    static void fill(Structure& field, random_values& values) {
        using parts = packet::structure<Structure>;
        bool has_ended = false;   // something was absent
        packet::each<0, parts::count>([&]<std::size_t I>() {
            auto& member = field.*(parts::template member<I>::pointer);
            if (!has_ended) random_field<typename parts::template type<I>>::fill(member, values);
            if constexpr (parts::template may_be_absent<I>) {
                if (has_ended) member.reset();
                has_ended = !member;
            }
            return true;
        });
    }
};

}   // namespace hawser::swarm
