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

struct protocol : packet::protocol<measured, greeting> {
    static constexpr std::string_view name = "fields";
    static constexpr std::string_view title = "Every field";
};

}   // namespace hawser::test::every_field
