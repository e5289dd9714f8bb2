// A protocol of one's own: a thermometer sends readings, the server says whether they are alarming. The
// tutorial's gives advice, too.
#pragma once

#include <hawser/packet/protocol.hpp>

#include <cstdint>
#include <string_view>

namespace thermometer {

using namespace hawser;
using boost::endian::big_int32_t;
using boost::endian::big_uint16_t;

enum class state : std::uint8_t { fine = 0, alarm = 1 };
BOOST_DESCRIBE_ENUM(state, fine, alarm)

struct reading_ack {
    static constexpr packet::command<std::uint8_t> code{0xa0};
    packet::id id;
    state result;
};
BOOST_DESCRIBE_STRUCT(reading_ack, (), (id, result))

struct reading {
    static constexpr packet::command<std::uint8_t> code{0x20};
    using reply = reading_ack;   // what client.request(reading) waits for
    packet::id id;
    big_uint16_t sensor;
    big_int32_t millicelsius;
    packet::text<std::uint8_t> place;   // a view into the body: no copy is made
};
BOOST_DESCRIBE_STRUCT(reading, (), (id, sensor, millicelsius, place))

struct protocol : packet::protocol<reading, reading_ack> {
    static constexpr std::string_view name = "thermometer";
};

}   // namespace thermometer
