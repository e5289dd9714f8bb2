// The half of a dissector that is the same for every protocol: the files of libpacket/lua, each under its name, for
// Wireshark 4.0 (Lua 5.2, whose numbers are doubles) and later. One after the other in this order, of the codecs those
// that are used, they are one program: a part names what parts before it have made local. It reads the tables that
// dissector.cpp writes. test/e2e/dissector_test.py runs it in tshark.
#pragma once

#include <string_view>

namespace hawser::inline v0::protocol::lua {

extern const std::string_view fields;   ///< what filters and columns can name, and what is marked as malformed
// How frames are cut, by the rules of libframe.
extern const std::string_view pieces;         ///< what a codec answers
extern const std::string_view marks;          ///< for delimiter and base64_lines
extern const std::string_view between_ends;   ///< for cobs and slip
extern const std::string_view length_field;   ///< one codec each
extern const std::string_view varint_prefix;
extern const std::string_view delimiter;
extern const std::string_view fixed_length;
extern const std::string_view base64_lines;
extern const std::string_view marked_crc;
extern const std::string_view netstring;
extern const std::string_view http_chunk;
extern const std::string_view cobs;
extern const std::string_view slip;
extern const std::string_view packets;       ///< reads bodies, by the rules of packet::decode
extern const std::string_view connections;   ///< what is kept of one from one segment to the next:
                                             ///< dissector_connections_test.py
extern const std::string_view segments;      ///< what Wireshark calls: they are cut into pieces, more is
                                             ///< asked for, pieces are shown

}   // namespace hawser::protocol::lua
