// The packets of the default protocol; docs/wire-format.md has them byte by byte.
//
//   const auto any = packet::decode(body);                  // one of the seven, or an error
//   if (const auto* s = std::get_if<packet::submit>(&*any)) packet::encode(packet::submit_ack{s->id}, out);
#pragma once

#include <hawser/packet/packet.hpp>

#include <variant>

namespace hawser::packet {

/// How a request ended. Values that are not named here can arrive and are kept.
enum class outcome : std::uint8_t { ok = 0, error = 1 };

/// The answer to a conn.
struct conn_ack {
    static constexpr command code{0x81};
    packet::id id = {};
    outcome result = outcome::ok;

    static conn_ack read(packet::id id, cursor& fields) { return {id, outcome{fields.u8()}}; }
    void write(builder& fields) const { fields.u8(static_cast<std::uint8_t>(result)); }
};

/// Says hello; a payload that begins with "hawser/1" says that the client knows ping and go_away.
struct conn {
    static constexpr command code{0x01};
    using reply = conn_ack;
    packet::id id = {};
    bytes payload = {};   ///< a view; may be empty

    static conn read(packet::id id, cursor& fields) { return {id, fields.rest()}; }
    void write(builder& fields) const { fields.put(payload); }
};

/// The answer to a submit.
struct submit_ack {
    static constexpr command code{0x82};
    packet::id id = {};
    outcome result = outcome::ok;

    static submit_ack read(packet::id id, cursor& fields) { return {id, outcome{fields.u8()}}; }
    void write(builder& fields) const { fields.u8(static_cast<std::uint8_t>(result)); }
};

/// Hands a payload over.
struct submit {
    static constexpr command code{0x02};
    using reply = submit_ack;
    packet::id id = {};
    bytes payload = {};   ///< a view; may be empty

    static submit read(packet::id id, cursor& fields) { return {id, fields.rest()}; }
    void write(builder& fields) const { fields.put(payload); }
};

/// The answer to a ping.
struct pong {
    static constexpr command code{0x83};
    packet::id id = {};

    static pong read(packet::id id, cursor&) { return {id}; }
    void write(builder&) const {}
};

/// Are you there? Either side may ask.
struct ping {
    static constexpr command code{0x03};
    using reply = pong;
    packet::id id = {};

    static ping read(packet::id id, cursor&) { return {id}; }
    void write(builder&) const {}
};

/// The server is about to close: reconnect within this time. Its id is "00000000".
struct go_away {
    static constexpr command code{0x04};
    packet::id id = {};
    std::uint32_t milliseconds = 0;

    static go_away read(packet::id id, cursor& fields) { return {id, fields.u32()}; }
    void write(builder& fields) const { fields.u32(milliseconds); }
};

using any = std::variant<conn, conn_ack, submit, submit_ack, ping, pong, go_away>;

/// Reads a body. Errors: unknown_command, short_body, trailing_bytes. Views in the packet live as long as the body.
[[nodiscard]] result<any> decode(bytes body);

}  // namespace hawser::packet
