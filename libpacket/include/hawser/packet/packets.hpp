// The packets of the default protocol; docs/wire-format.md has them byte by byte.
//
//   const auto any = packet::decode(body);                  // one of the seven, or where it is malformed
//   if (const auto* s = std::get_if<packet::submit>(&*any)) packet::encode(packet::submit_ack{s->id}, out);
#pragma once

#include <hawser/packet/control.hpp>
#include <hawser/packet/protocol.hpp>

#include <string_view>
#include <variant>

namespace hawser::inline v0::packet {

/// How a request ended. Values that are not named here can arrive and are kept.
enum class outcome : std::uint8_t { ok = 0, error = 1 };
BOOST_DESCRIBE_ENUM(outcome, ok, error)

/// The answer to a conn.
struct conn_ack {
    static constexpr command<std::uint8_t> code{0x81};
    static constexpr std::string_view about = "The answer to a conn. A result that is not ok refuses the client.";
    packet::id id = {};
    outcome result = outcome::ok;
};
BOOST_DESCRIBE_STRUCT(conn_ack, (), (id, result))

/// A client says hello, and whether it knows pings and go_away.
struct conn {
    static constexpr command<std::uint8_t> code{0x01};
    static constexpr std::string_view about =
        "Says hello. A payload that begins with \"hawser/1\" says that the client knows ping and go_away.";
    using reply = conn_ack;
    packet::id id = {};
    rest payload = {};   ///< a view; may be empty
};
BOOST_DESCRIBE_STRUCT(conn, (), (id, payload))

/// The answer to a submit.
struct submit_ack {
    static constexpr command<std::uint8_t> code{0x82};
    static constexpr std::string_view about = "The answer to a submit.";
    packet::id id = {};
    outcome result = outcome::ok;
};
BOOST_DESCRIBE_STRUCT(submit_ack, (), (id, result))

/// Hands a payload over.
struct submit {
    static constexpr command<std::uint8_t> code{0x02};
    static constexpr std::string_view about = "Hands a payload over.";
    using reply = submit_ack;
    packet::id id = {};
    rest payload = {};   ///< a view; may be empty
};
BOOST_DESCRIBE_STRUCT(submit, (), (id, payload))

/// The answer to a ping.
struct pong {
    static constexpr command<std::uint8_t> code{0x83};
    static constexpr std::string_view about = "The answer to a ping.";
    packet::id id = {};
};
BOOST_DESCRIBE_STRUCT(pong, (), (id))

/// Asks for a sign of life.
struct ping {
    static constexpr command<std::uint8_t> code{0x03};
    static constexpr std::string_view about = "Are you there? Either side may ask.";
    using reply = pong;
    packet::id id = {};
};
BOOST_DESCRIBE_STRUCT(ping, (), (id))

/// The server is about to end this connection.
struct go_away {
    static constexpr command<std::uint8_t> code{0x04};
    static constexpr std::string_view about =
        "The server is about to close: reconnect within this time. Its ID is \"00000000\".";
    packet::id id = {};
    boost::endian::big_uint32_t milliseconds{};
};
BOOST_DESCRIBE_STRUCT(go_away, (), (id, milliseconds))

/// A client whose conn payload begins with this knows ping and go_away.
inline constexpr std::string_view hello = "hawser/1";

/// Greetings, as packet::control asks for them: says hello; whether one does; whether the server lets its client in.
inline void say_hello(conn& greeting) noexcept { greeting.payload = as_bytes(hello); }
[[nodiscard]] inline bool says_hello(const conn& greeting) noexcept {   ///< see say_hello()
    return as_text(greeting.payload).starts_with(hello);
}
[[nodiscard]] inline bool lets_in(const conn_ack& answer) noexcept {   ///< see say_hello()
    return answer.result == outcome::ok;
}

/// What clients and servers speak if they are told nothing else.
struct default_protocol : protocol<conn, conn_ack, submit, submit_ack, ping, pong, go_away> {
    static constexpr packet::control control = packet::control()
                                                   .pinged_by<ping>()
                                                   .sent_away_by<go_away, &go_away::milliseconds>()
                                                   .greeted_by<conn, &say_hello, &says_hello, &lets_in>();
    static constexpr std::string_view name = "hawser";
    static constexpr std::string_view title = "The hawser protocol";
};
using any = default_protocol::any;   ///< any one of its packets

/// Reads a body of the default protocol. Views in the packet live as long as the body.
[[nodiscard]] decoded<any> decode(bytes body);

}   // namespace hawser::packet
