// A frame codec and packets joined: a packet to the bytes on the wire, for those who have an event loop of their own.
//
//   byte_buffer wire;
//   // 00 00 00 10 02 30 30 ...
//   protocol::encode(frame::length_field::prefix_self(), packet::submit{id, payload}, wire);
#pragma once

#include <hawser/frame/codec.hpp>
#include <hawser/packet/packet.hpp>

namespace hawser::inline v0::protocol {

/// Appends the whole frame of a packet to `wire`, or refuses (too_long, value_too_long) and leaves it as it was.
template <frame::codec Codec, packet::packet Packet>
[[nodiscard]] error_code encode(const Codec& codec, const Packet& made, byte_buffer& wire) {
    byte_buffer body;
    if (const error_code error = packet::encode(made, body)) return error;
    return codec.encode(body.view(), wire);
}

}   // namespace hawser::protocol
