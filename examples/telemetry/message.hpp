// message: what a telemetry client says. On the wire it is JSON in base64 in JSON, in a frame of frame::marked_crc:
//
//   {"PacketType":0,"PacketContent":"<base64 of {"version":"1.0","timestamp":1700000000}>"}
//   {"PacketType":1,"PacketContent":"<base64 of {"content":"abc","rand":7,"timestamp":1700000000}>"}
//
// A protocol found in the wild; the spelling of the answers is its own.
#pragma once

#include <hawser/bytes.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace telemetry {

struct heartbeat {
    std::string version = "1.0";
    std::int64_t timestamp = 0;   ///< Unix seconds
};

struct report {
    std::string content;   ///< letters a to z, fewer than 50
    std::int64_t rand = 0;
    std::int64_t timestamp = 0;   ///< Unix seconds
};

/// std::monostate: what was received is no message.
using message = std::variant<std::monostate, heartbeat, report>;

/// Reads the data of a frame. Whatever is wrong with it (no JSON, nested too deeply, another type, a missing or wrong
/// field) makes it no message.
[[nodiscard]] message read(hawser::bytes data);
/// The data of a frame.
[[nodiscard]] std::string write(const heartbeat& message);
[[nodiscard]] std::string write(const report& message);

/// What the server answers, without the end of the line.
inline constexpr std::string_view heartbeat_answer = "heartBeat";
inline constexpr std::string_view report_answer = "Report data has recive";   // sic

/// No frame of this protocol is longer, and a false mark in a spoilt stream delays no more than this.
inline constexpr std::size_t max_frame = 4096;

}   // namespace telemetry
