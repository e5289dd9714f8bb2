// link: the connection to whom we talk: frames of some format, bytes as they come, or datagrams.
//
//   auto peer = co_await talk::dial_link(address, codec, 5s, stop);
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

class link {
public:
    virtual ~link() = default;

    /// The body of the next frame, or what has come: a view, valid until the next call.
    [[nodiscard]] virtual io::task<result<bytes>> receive() = 0;
    /// Waits while the peer does not read. `too_long` and `unencodable` harm nothing; after other errors it is over.
    [[nodiscard]] virtual io::task<result<void>> send(bytes data) = 0;
    /// Says that nothing more comes; receiving goes on until `until`.
    [[nodiscard]] virtual io::task<void> close_write(io::time_point until) = 0;
    /// Ends receive() with `read_timeout` and send() with `write_timeout`.
    virtual void interrupt() noexcept = 0;
    /// Sees to it that what was sent arrives, in bounded time, and closes. When nobody receives or sends any more.
    [[nodiscard]] virtual io::task<void> finish() = 0;
    /// Bytes of a whole frame, or of a datagram, at most.
    [[nodiscard]] virtual std::size_t longest() const noexcept = 0;
    /// Where what came last is no frame: the offset and the first bytes, for people.
    [[nodiscard]] virtual std::string where() const = 0;
};

/// Connects: with datagrams if the address is of udp; otherwise with frames of this format, or bytes if there is none.
[[nodiscard]] io::task<result<std::unique_ptr<link>>> dial_link(io::address where, std::optional<frame::any_codec> codec,
                                                                io::duration timeout, std::stop_token stop);

}  // namespace hawser::talk
