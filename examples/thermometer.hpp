// The packets of the tutorial: a thermometer sends readings, the server says whether they are alarming.
#pragma once

#include <hawser/packet/packet.hpp>

#include <cstdint>

namespace thermometer {

using namespace hawser;

struct reading_ack {
    static constexpr packet::command code{0xa0};   // 0x20 with the top bit set
    packet::id id;
    std::uint8_t alarm = 0;

    static reading_ack read(packet::id id, packet::cursor& fields) { return {id, fields.u8()}; }
    void write(packet::builder& fields) const { fields.u8(alarm); }
};

struct reading {
    static constexpr packet::command code{0x20};
    using reply = reading_ack;                     // what client.request(reading) waits for
    packet::id id;
    std::uint16_t sensor = 0;
    std::uint32_t millikelvin = 0;
    bytes place;                                   // a view into the body: no copy is made

    static reading read(packet::id id, packet::cursor& fields) {
        return {id, fields.u16(), fields.u32(), fields.rest()};
    }
    void write(packet::builder& fields) const {
        fields.u16(sensor);
        fields.u32(millikelvin);
        fields.put(place);
    }
};

}  // namespace thermometer
