// What a packet is: a body whose first byte is a command, then an id, then the fields of that command.
//
//   struct reading {                                                   // a packet of your own
//       static constexpr packet::command code{0x20};
//       packet::id id = {};
//       std::uint32_t celsius = 0;
//       static reading read(packet::id id, packet::cursor& fields) { return {id, fields.u32()}; }
//       void write(packet::builder& fields) const { fields.u32(celsius); }
//   };
//
// Fields that are views (bytes) point into the body they were decoded from and live as long as it does.
#pragma once

#include <hawser/packet/cursor.hpp>
#include <hawser/packet/id.hpp>

#include <concepts>
#include <cstdint>

namespace hawser::packet {

/// The byte that names a packet. By convention an answer's is its request's with the top bit set.
enum class command : std::uint8_t {};

template <class Packet>
concept packet = requires(const Packet& made, id id, cursor& fields, builder& out) {
    { Packet::code } -> std::convertible_to<command>;
    { made.id } -> std::convertible_to<packet::id>;
    { Packet::read(id, fields) } -> std::same_as<Packet>;
    made.write(out);
};

/// What every body begins with.
struct header {
    static constexpr std::size_t size = 9;
    command code{};
    packet::id id{};

    /// `short_body` if it is not whole; any command is taken.
    [[nodiscard]] static result<header> read(bytes body) noexcept;
};

/// Appends the body of `made` to `out`. Throws std::bad_alloc.
template <packet Packet>
void encode(const Packet& made, byte_buffer& out) {
    builder fields(out);
    fields.u8(static_cast<std::uint8_t>(Packet::code));
    fields.put(made.id.view());
    made.write(fields);
}

/// Reads `body` as this packet. Errors: unknown_command (it is another one), short_body, trailing_bytes.
template <packet Packet>
[[nodiscard]] result<Packet> decode_as(bytes body) {
    const result<header> front = header::read(body);
    if (!front) return front.error();
    if (front->code != Packet::code) return errc::unknown_command;
    cursor fields(body.subspan(header::size));
    Packet read = Packet::read(front->id, fields);
    if (const error_code error = fields.finish()) return error;
    return read;
}

}  // namespace hawser::packet
