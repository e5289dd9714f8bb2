// peer_connection: the connection to the peer that we talk to: frames of some format, bytes as they come, or datagrams.
//
//   auto peer = co_await talk::dial_peer(address, codec, 5s, stop);
//   const auto sent = co_await (*peer)->send(as_bytes("hello"));
//   const auto reply = co_await (*peer)->receive();
//
// One coroutine receives and one sends. On the thread of its executor only.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/frame/any_codec.hpp>
#include <hawser/io/address.hpp>
#include <hawser/io/clock.hpp>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace hawser::talk {

class peer_connection {
public:
    virtual ~peer_connection() = default;

    /// The body of the next frame, or what has come: a view, valid until the next call.
    [[nodiscard]] virtual io::task<result<bytes>> receive() = 0;
    /// Waits while the peer does not read. After `too_long` and `unencodable` the connection goes on; any other error
    /// ends it.
    [[nodiscard]] virtual io::task<result<void>> send(bytes data) = 0;
    /// Says that nothing more comes; receiving goes on until `until`.
    [[nodiscard]] virtual io::task<void> close_write(io::time_point until) = 0;
    /// Ends receive() with `read_timeout` and send() with `write_timeout`.
    virtual void interrupt() noexcept = 0;
    /// Closes, and lets what was sent arrive, in bounded time. To be called when receive() and send() have returned.
    [[nodiscard]] virtual io::task<void> finish() = 0;
    /// Bytes of a whole frame, or of a datagram, at most.
    [[nodiscard]] virtual std::size_t longest() const noexcept = 0;
    /// For people: the offset of what came and is no frame, and its first bytes.
    [[nodiscard]] virtual std::string error_position() const = 0;
};

/// Connects. An address of udp has datagrams; others have frames of this format, or plain bytes without one.
[[nodiscard]] io::task<result<std::unique_ptr<peer_connection>>> dial_peer(io::address where,
                                                                           std::optional<frame::any_codec> codec,
                                                                           io::duration timeout, std::stop_token stop);

}   // namespace hawser::talk
