// layout: how a type of field lies in a body. One specialisation for each type, here those whose memory is their bytes.
//
//   struct reading { std::uint8_t sensor; boost::endian::big_int32_t celsius; ... };   // fields: types with a layout
//   static_assert(packet::layout<boost::endian::big_int32_t>::smallest == 4);
//
// A layout has what raw_layout has, and says what its field looks like: `describe`, or `like`. To give one to a type of
// your own, specialise it: from raw_layout if the type has alignment 1 and is trivially copyable.
//
//   template <>
//   struct packet::layout<plate> : packet::raw_layout<plate> { using like = packet::fixed_text<8>; };
#pragma once

#include <hawser/packet/cursor.hpp>
#include <hawser/packet/description.hpp>
#include <hawser/packet/error.hpp>
#include <hawser/packet/number.hpp>

#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hawser::inline v0::packet {

/// Undefined for what is no field.
template <class Field>
struct layout;

template <class T>
concept field = requires { layout<T>::smallest; };

/// A field whose memory is its bytes, so that many of them in a body can be seen as an array.
template <class T>
concept raw_field = field<T> && layout<T>::is_raw;

/// The layout of what lies in a packet as it lies in memory.
template <class T>
struct raw_layout {
    static constexpr std::size_t smallest = sizeof(T);   ///< the bytes it takes at least
    static constexpr bool is_fixed = true;               ///< and at most
    static constexpr bool is_raw = true;
    static constexpr bool takes_rest = false;   ///< it has no end of its own, and must be the last
    static constexpr bool always_fits = true;   ///< each of its values can be written
    static constexpr bool is_view = false;      ///< it looks at memory that is not its own

    /// False if the body ends before. Views in `into` are valid as long as the body.
    [[nodiscard]] static bool read(cursor& from, T& into) noexcept {
        static_assert(alignof(T) == 1 && std::is_trivially_copyable_v<T>);
        bytes taken;
        if (!from.take(sizeof(T), taken)) return false;
        std::memcpy(static_cast<void*>(&into), taken.data(), sizeof(T));
        return true;
    }
    [[nodiscard]] static constexpr bool fits(const T&) noexcept { return true; }
    [[nodiscard]] static constexpr std::size_t size(const T&) noexcept { return sizeof(T); }
    /// Writes size() bytes to where room for them is, and says where they end. Precondition: fits().
    [[nodiscard]] static std::byte* write(std::byte* to, const T& from) noexcept {
        std::memcpy(to, &from, sizeof(T));
        return to + sizeof(T);
    }
};

/// Whether it is known what a field looks like. Its layout says it, or what it is made of does.
template <class Field>
[[nodiscard]] consteval bool is_described() {
    using parts = layout<Field>;
    if constexpr (requires { typename parts::like; }) return is_described<typename parts::like>();
    else if constexpr (requires { parts::parts_are_described(); }) return parts::parts_are_described();
    else return requires(std::vector<field_description>& into, std::string_view name) { parts::describe(into, name); };
}

/// Appends what is known of a field: what its layout says, or that of the field that it lies like.
template <field Field>
void describe_field(std::vector<field_description>& into, std::string_view name) {
    if constexpr (requires { typename layout<Field>::like; }) {
        using same = layout<typename layout<Field>::like>;
        static_assert(layout<Field>::takes_rest == same::takes_rest && layout<Field>::is_fixed == same::is_fixed &&
                          (!same::is_fixed || layout<Field>::smallest == same::smallest),
                      "a field that lies `like` another takes as many bytes, and has an end if that has one");
        describe_field<typename layout<Field>::like>(into, name);
    } else {
        layout<Field>::describe(into, name);
    }
}

/// Why a value of a field cannot be written. Precondition: its layout says that it does not fit.
template <field Field>
[[nodiscard]] errc refusal_of(const Field& value) noexcept {
    if constexpr (requires { layout<Field>::refusal(value); }) return layout<Field>::refusal(value);
    else return errc::value_too_long;
}

template <number Number>
struct layout<Number> : raw_layout<Number> {
    static void describe(std::vector<field_description>& into, std::string_view name) {
        using kind = field_description::kind;
        into.push_back({.name = std::string(name),
                        .what = std::is_signed_v<value_of<Number>> ? kind::signed_integer : kind::unsigned_integer,
                        .width = sizeof(Number),
                        .order = number_traits<Number>::order});
    }
};

template <floating_number Number>
struct layout<Number> : raw_layout<Number> {
    static void describe(std::vector<field_description>& into, std::string_view name) {
        into.push_back({.name = std::string(name),
                        .what = field_description::kind::floating,
                        .width = sizeof(Number),
                        .order = number_traits<Number>::order});
    }
};

/// The names that BOOST_DESCRIBE_ENUM gave to the values of an enum; none without it.
template <class Enum>
[[nodiscard]] std::vector<named_value> names_of_values() {
    std::vector<named_value> names;
    if constexpr (boost::describe::has_describe_enumerators<Enum>::value) {
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&names](auto one) {
            names.push_back({static_cast<std::int64_t>(one.value), one.name});
        });
    }
    return names;
}

/// Whether a number can say each of them.
template <class Enum, number Number>
[[nodiscard]] consteval bool values_fit() {
    bool all = true;
    if constexpr (boost::describe::has_describe_enumerators<Enum>::value) {
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&all](auto one) {
            constexpr auto value = static_cast<value_of<Number>>(decltype(one)::value);
            if constexpr (std::is_signed_v<value_of<Number>>) all = all && value >= -largest<Number> - 1;
            all = all && value <= largest<Number>;
        });
    }
    return all;
}

/// An enum that lies in a body as this number does.
template <class Enum, number Number>
void describe_enum(std::vector<field_description>& into, std::string_view name) {
    layout<Number>::describe(into, name);
    into.back().is_signed = std::is_signed_v<value_of<Number>>;
    into.back().values = names_of_values<Enum>();
    if (!into.back().values.empty()) into.back().what = field_description::kind::enumeration;
}

/// Values that have no name are kept, so the underlying type is not bool, which has two only. A wider
/// enum says its order: enum_as.
template <class Enum>
    requires(std::is_enum_v<Enum> && sizeof(Enum) == 1 && !std::same_as<std::underlying_type_t<Enum>, bool>)
struct layout<Enum> : raw_layout<Enum> {
    static void describe(std::vector<field_description>& into, std::string_view name) {
        using number = std::conditional_t<std::is_signed_v<std::underlying_type_t<Enum>>, std::int8_t, std::uint8_t>;
        describe_enum<Enum, number>(into, name);
    }
};

template <std::size_t Size>
struct layout<std::array<std::byte, Size>> : raw_layout<std::array<std::byte, Size>> {
    static_assert(Size > 0);
    static void describe(std::vector<field_description>& into, std::string_view name) {
        into.push_back({.name = std::string(name), .what = field_description::kind::fixed_bytes, .width = Size});
    }
};

}   // namespace hawser::packet
