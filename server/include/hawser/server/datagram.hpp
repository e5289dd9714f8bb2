// datagram: one question over UDP, as the handler that answers it sees it.
//
//   void on_question(server::datagram& here, bytes asked) {                  // at once
//       if (asked.size() > 1) here.answer(asked);
//   }
//   io::task<void> on_question(server::datagram& here, bytes asked) {        // or waits first
//       const std::string found = co_await look_up(std::string(as_text(asked)));
//       here.answer(as_bytes(found));
//   }
//   server.on_datagram(on_question);
//
// There are no connections and no frames: a datagram comes whole or not at all, and is one packet. Anybody can write
// anybody's address on it: never answer what may be an answer itself, or two servers go on for ever about one forged
// packet. How long answers may be, and how many an address may ask for, is in datagram_limits.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/endpoint.hpp>
#include <hawser/io/task.hpp>
#include <hawser/packet/packet.hpp>
#include <hawser/server/server_handle.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <variant>

namespace hawser::inline v0::server {

class datagram_port;

/// Valid while its handler runs, on the thread of that.
class datagram {
public:
    datagram(datagram_port& at, const io::endpoint& from, std::size_t asked) noexcept;   ///< the server's to make
    datagram(const datagram&) = delete;
    datagram& operator=(const datagram&) = delete;

    /// Who has sent it, or whose address was forged.
    [[nodiscard]] const io::endpoint& from() const noexcept { return from_; }
    /// Where it was received.
    [[nodiscard]] io::endpoint local() const noexcept;
    /// Bytes that one more answer may have: a longer one is not sent.
    [[nodiscard]] std::size_t most() const noexcept;
    /// Where an answer may be written, most() bytes: valid until the handler answers, waits or ends.
    [[nodiscard]] mutable_bytes room() const noexcept;

    /// Sends one datagram back, in this call; several are allowed. What is longer than most(), or finds the kernel
    /// without room, is not sent: it is counted (datagram_counts), and nobody is told, as it might be lost anyway.
    void answer(bytes body) noexcept;
    /// The same with a packet, which is encoded in room().
    template <packet::packet Packet>
    void answer(const Packet& made) {
        const mutable_bytes to = room();
        const result<std::size_t> size = packet::body_size(made);
        if (!size || *size > to.size()) return refuse(size ? *size : longer_than_any);
        packet::write_body(to.data(), made);
        answer(bytes(to).first(*size));
    }

    /// Says when the server stops: a handler that waits is joined within the grace.
    [[nodiscard]] std::stop_token stop_token() const;
    [[nodiscard]] server_handle server() const;   ///< where it came: to publish to its connections, to stop it

private:
    static constexpr std::size_t longer_than_any = static_cast<std::size_t>(-1);

    void refuse(std::size_t size) noexcept;

    datagram_port& at_;
    io::endpoint from_;
    std::size_t left_;   // of what its answers may have, headers included
};

/// What answers datagrams: a function that does so at once, which allocates nothing, or a coroutine. Called on the
/// threads of the server, on several at once if it listens in several places.
class datagram_handler {
public:
    using function = std::function<void(datagram&, bytes)>;
    using coroutine = std::function<io::task<void>(datagram&, bytes)>;

    template <class Handler>
        requires(!std::same_as<std::remove_cvref_t<Handler>, datagram_handler> &&
                 std::invocable<Handler&, datagram&, bytes>)
    datagram_handler(Handler&& called) : called_(kept(std::forward<Handler>(called))) {
        using returned = std::invoke_result_t<Handler&, datagram&, bytes>;
        static_assert(std::is_void_v<returned> || std::same_as<returned, io::task<void>>,
                      "a handler of datagrams returns nothing, or an io::task<void>: it answers by here.answer()");
    }

    /// Null if it is a coroutine.
    [[nodiscard]] const function* at_once() const noexcept { return std::get_if<function>(&called_); }
    [[nodiscard]] const coroutine* awaited() const noexcept { return std::get_if<coroutine>(&called_); }

private:
    template <class Handler>
    [[nodiscard]] static auto kept(Handler&& called) {
        using returned = std::invoke_result_t<Handler&, datagram&, bytes>;
        if constexpr (std::is_void_v<returned>) return function(std::forward<Handler>(called));
        else if constexpr (std::same_as<returned, io::task<void>>) return coroutine(std::forward<Handler>(called));
        else return function();
    }

    std::variant<function, coroutine> called_;
};

}   // namespace hawser::server
