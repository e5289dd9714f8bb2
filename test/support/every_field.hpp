// every_field: a protocol whose packets have each type of field that is not in the default one. For what is made of
// descriptions, for random traffic, and for the fuzzer.
#pragma once

#include <hawser/packet/protocol.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace hawser::test::every_field {

struct plate {
    std::array<char, 4> letters{};
};

}   // namespace hawser::test::every_field

template <>
struct hawser::packet::layout<hawser::test::every_field::plate> : packet::raw_layout<hawser::test::every_field::plate> {
    using like = packet::fixed_text<4>;
};

namespace hawser::test::every_field {

using namespace boost::endian;   // NOLINT(google-build-using-namespace): these are its types

enum class depth : std::uint32_t { shallow = 0, deep = 0xfffffe };
BOOST_DESCRIBE_ENUM(depth, shallow, deep)

/// Numbers of other widths, and with a point.
struct measured {
    static constexpr packet::command<std::uint8_t> code{0x01};
    big_uint24_t station;
    little_int24_t offset;
    big_uint40_t ticks;
    little_int56_t drift;
    packet::enum_as<depth, big_uint24_t> where;
    big_float32_t celsius;
    little_float64_t latitude;
};
BOOST_DESCRIBE_STRUCT(measured, (), (station, offset, ticks, drift, where, celsius, latitude))

/// Texts that end with a NUL, one of them with the layout of a user's own.
struct greeting {
    static constexpr packet::command<std::uint8_t> code{0x02};
    packet::c_text<10> who;
    packet::c_text<5, std::string> mine;
    packet::array<packet::c_text<4>, std::uint8_t> words;
    plate on;
};
BOOST_DESCRIBE_STRUCT(greeting, (), (who, mine, words, on))

enum class how : std::uint8_t { clean = 0x02, will = 0x04, quality = 0x18, named = 0x80 };
BOOST_DESCRIBE_ENUM(how, clean, will, quality, named)
enum class rare : std::uint64_t { low = 1, middle = 0xff'ff00, top = 0x8000'0000'0000'0000 };
BOOST_DESCRIBE_ENUM(rare, low, middle, top)
struct spot {
    big_uint16_t row;
    std::uint8_t column;
};
BOOST_DESCRIBE_STRUCT(spot, (), (row, column))
struct part {
    std::uint8_t size;
    packet::when<&part::size, 0xf0, std::uint8_t> more;
};
BOOST_DESCRIBE_STRUCT(part, (), (size, more))

/// Bits with names, and what is there because of them.
struct connecting {
    static constexpr packet::command<std::uint8_t> code{0x03};
    packet::flags<how> flags;
    packet::flags<rare, little_uint64_t> rarely;
    big_int16_t number;
    packet::when<&connecting::flags, how::will, packet::text<big_uint16_t>> will;
    packet::when<&connecting::rarely, rare::top, spot> at;
    packet::when<&connecting::number, 0x8000, packet::array<part, std::uint8_t>> parts;
    packet::when<&connecting::flags, how::named, packet::rest_text> name;
};
BOOST_DESCRIBE_STRUCT(connecting, (), (flags, rarely, number, will, at, parts, name))

struct parameter {
    big_uint16_t tag;
    packet::octets<std::uint8_t> value;
};
BOOST_DESCRIBE_STRUCT(parameter, (), (tag, value))

/// Elements without a count.
struct tagged {
    static constexpr packet::command<std::uint8_t> code{0x04};
    packet::array_in_bytes<big_uint16_t, parameter> properties;
    packet::array_in_bytes<std::uint8_t, spot> spots;
    packet::until_end<parameter> more;
};
BOOST_DESCRIBE_STRUCT(tagged, (), (properties, spots, more))

/// Elements to the end that are looked at where they lie.
struct spotted {
    static constexpr packet::command<std::uint8_t> code{0x05};
    packet::until_end<spot> spots;
};
BOOST_DESCRIBE_STRUCT(spotted, (), (spots))

/// What may be null, and what may be absent.
struct lacking {
    static constexpr packet::command<std::uint8_t> code{0x06};
    packet::nullable_text<big_int16_t> client;
    packet::nullable_octets<little_int24_t> key;
    packet::nullable_text<std::int8_t, std::string> mine;
    packet::optional<big_uint16_t> version;
    packet::optional<packet::text<std::uint8_t>> locale;
    packet::optional<spot> at;
};
BOOST_DESCRIBE_STRUCT(lacking, (), (client, key, mine, version, locale, at))

/// Integers of as many bytes as they need, as lengths, too.
struct packed {
    static constexpr packet::command<std::uint8_t> code{0x07};
    packet::varint<std::uint32_t> count;
    packet::varint<std::uint64_t> ticks;
    packet::zigzag<std::int64_t> delta;
    packet::zigzag<std::int8_t> tiny;
    packet::text<packet::varint<std::uint32_t>> name;
    packet::array<spot, packet::varint<std::uint8_t>> spots;
    packet::array_in_bytes<packet::varint<std::uint16_t>, packet::varint<std::uint16_t>> numbers;
    packet::nullable_octets<packet::zigzag<std::int32_t>> key;
};
BOOST_DESCRIBE_STRUCT(packed, (), (count, ticks, delta, tiny, name, spots, numbers, key))

struct protocol : packet::protocol<measured, greeting, connecting, tagged, spotted, lacking, packed> {
    static constexpr std::string_view name = "fields";
    static constexpr std::string_view title = "Every field";
};

}   // namespace hawser::test::every_field
