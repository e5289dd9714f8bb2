// dissector: a protocol as a Lua file for Wireshark and tshark, 4.0 or later.
//
//   const auto codec = frame::length_field::prefix_body(2);
//   std::cout << protocol::dissector(packet::describe<weather>(), {.codec = codec}, 7070);
//
//   tshark -X lua_script:weather.lua -r capture.pcap -O weather          # or in ~/.local/lib/wireshark/plugins
//
// It puts frames that are cut over segments together, names every field for display filters (weather.reading.celsius),
// and marks what is malformed, with the same rules as the codecs and packet::decode. It reassembles no more than the
// longest frame, and behind a frame that cannot be read it reads nothing more of that direction of the
// connection (preference NAME.go_on: it tries again with the next segment). A protocol is recognised by
// its port, or by "Decode As".
#pragma once

#include <hawser/packet/description.hpp>
#include <hawser/protocol/wire_format.hpp>

#include <cstdint>
#include <string>

namespace hawser::inline v0::protocol {

/// The whole file. `port` is where servers listen; with 0 there is none but what the user of Wireshark sets. Throws
/// std::invalid_argument for a description that is none: without a name, or with a number of nine bytes.
[[nodiscard]] std::string dissector(const packet::description& what, const wire_format& format = {},
                                    std::uint16_t port = 8888);

}   // namespace hawser::protocol
