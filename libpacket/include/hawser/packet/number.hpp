// Numbers as they lie in a body: built-in integers of one byte, and Boost.Endian's of 1 to 8 with their order.
//
//   static_assert(packet::number<boost::endian::big_uint24_t>);
//   constexpr auto order = packet::number_traits<boost::endian::little_int32_t>::order;
//   static_assert(packet::largest<boost::endian::big_uint24_t> == 0xffffff);
//   static_assert(packet::floating_number<boost::endian::big_float64_t>);
//
// They have alignment 1, so that what lies in a body can be looked at where it lies. One of 3, 5, 6 or 7 bytes is
// calculated with as a wider type; Boost.Endian keeps the low bytes of what is assigned to it.
#pragma once

#include <hawser/packet/description.hpp>

#include <boost/endian/arithmetic.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace hawser::inline v0::packet {

/// Of a number as it lies in a body: `value` is the type it is calculated with.
template <class Number>
struct number_traits;

template <class Number>
    requires std::same_as<Number, std::uint8_t> || std::same_as<Number, std::int8_t>
struct number_traits<Number> {
    using value = Number;
    static constexpr byte_order order = byte_order::big;
};

template <boost::endian::order Order, class Value, std::size_t Bits>
    requires((std::integral<Value> && !std::same_as<Value, bool>) || std::floating_point<Value>)
struct number_traits<boost::endian::endian_arithmetic<Order, Value, Bits, boost::endian::align::no>> {
    using value = Value;
    static constexpr byte_order order = Order == boost::endian::order::big ? byte_order::big : byte_order::little;
};

/// An integer.
template <class T>
concept number = std::integral<typename number_traits<T>::value>;
/// One with a point: IEEE 754, of 4 or 8 bytes.
template <class T>
concept floating_number = std::floating_point<typename number_traits<T>::value>;

template <class Number>
    requires(number<Number> || floating_number<Number>)
using value_of = typename number_traits<Number>::value;   ///< the plain type of what a number in a packet holds

/// The largest that its bytes can say.
template <number Number>
inline constexpr value_of<Number> largest = static_cast<value_of<Number>>(
    std::numeric_limits<value_of<Number>>::max() >> 8 * (sizeof(value_of<Number>) - sizeof(Number)));

template <class T>
concept unsigned_number = number<T> && std::unsigned_integral<value_of<T>>;

/// One of varint.hpp: it takes as few bytes as it needs.
template <class T>
concept varint_number = requires { requires T::is_varint; };

/// The plain type of what a length holds.
template <class Length>
struct length_value {
    using type = typename Length::value_type;
};
template <number Length>
struct length_value<Length> {
    using type = value_of<Length>;
};
template <class Length>
using length_of = typename length_value<Length>::type;   ///< the same in short

/// What says how long a text is, or how many elements an array has: u8, u16, u24 or u32, or a varint of no more.
template <class T>
concept length_number = (number<T> || varint_number<T>) && std::unsigned_integral<length_of<T>> && sizeof(T) <= 4;

/// The same, and signed: -1 says that there is nothing.
template <class T>
concept nullable_length = (number<T> || varint_number<T>) && std::signed_integral<length_of<T>> && sizeof(T) <= 4;

/// Whether this many can be said.
template <class Length>
    requires(length_number<Length> || nullable_length<Length>)
[[nodiscard]] constexpr bool can_say(std::size_t count) noexcept {
    if constexpr (number<Length>) return count <= static_cast<std::size_t>(largest<Length>);
    else return count <= static_cast<std::size_t>(std::numeric_limits<length_of<Length>>::max());
}

/// How a number of a protocol is read where types are not known: the command.
struct number_form {
    std::size_t width = 1;
    byte_order order = byte_order::big;

    /// What the number's own type says.
    template <unsigned_number Number>
    [[nodiscard]] static constexpr number_form of() noexcept {
        return {sizeof(Number), number_traits<Number>::order};
    }

    /// Precondition: `from` has `width` bytes.
    [[nodiscard]] std::uint64_t read(const std::byte* from) const noexcept {
        if (width == 1) return std::to_integer<std::uint64_t>(*from);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < width; ++i)
            value = value << 8 | std::to_integer<std::uint64_t>(from[order == byte_order::big ? i : width - 1 - i]);
        return value;
    }

    friend bool operator==(const number_form&, const number_form&) = default;
};

}   // namespace hawser::packet
