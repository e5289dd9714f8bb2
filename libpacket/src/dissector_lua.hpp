// The half of a dissector that is the same for every protocol: Lua for Wireshark 4.0 (Lua 5.2, whose numbers are doubles) and later,
// in the order in which the parts follow each other. It reads the tables that dissector.cpp writes; test/e2e/dissector_test.py
// runs it in tshark.
#pragma once

#include <string_view>

namespace hawser::protocol::lua {

extern const std::string_view fields;         ///< registers what filters can name
extern const std::string_view pieces;         ///< what a codec answers
extern const std::string_view marks;          ///< for delimiter and base64_lines
extern const std::string_view length_field;   ///< one codec each
extern const std::string_view varint_prefix;
extern const std::string_view delimiter;
extern const std::string_view fixed_length;
extern const std::string_view base64_lines;
extern const std::string_view marked_crc;
extern const std::string_view packets;        ///< reads bodies
extern const std::string_view connections;    ///< what is kept of one
extern const std::string_view segments;       ///< what Wireshark calls

}  // namespace hawser::protocol::lua
