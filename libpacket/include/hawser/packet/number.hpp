// Numbers as they lie in a body: built-in integers of one byte, and Boost.Endian's of 1, 2, 4 or 8 with their order.
//
//   static_assert(packet::number<boost::endian::big_uint16_t>);
//   constexpr auto order = packet::number_traits<boost::endian::little_int32_t>::order;
//
// They have alignment 1, so that what lies in a body can be looked at where it lies.
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

template <boost::endian::order Order, std::integral Value>
    requires(!std::same_as<Value, bool>)
struct number_traits<boost::endian::endian_arithmetic<Order, Value, sizeof(Value) * 8, boost::endian::align::no>> {
    using value = Value;
    static constexpr byte_order order = Order == boost::endian::order::big ? byte_order::big : byte_order::little;
};

template <class T>
concept number = requires { typename number_traits<T>::value; };

template <number Number>
using value_of = typename number_traits<Number>::value;   ///< the plain type of what a number in a packet holds

template <class T>
concept unsigned_number = number<T> && std::unsigned_integral<value_of<T>>;

/// What says how long a text is, or how many elements an array has: u8, u16 or u32.
template <class T>
concept length_number = unsigned_number<T> && sizeof(T) <= 4;

/// Whether this many can be said.
template <length_number Length>
[[nodiscard]] constexpr bool can_say(std::size_t count) noexcept {
    return count <= std::numeric_limits<value_of<Length>>::max();
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
