// datagram_socket: datagrams to and from many peers, or one, over UDP: as Go's net.UDPConn.
//
//   auto bound = io::listen_datagrams(executor, *io::address::parse("udp::9999"));
//   io::datagram_socket& socket = **bound;
//   std::array<std::byte, 2048> room;
//   while (auto got = co_await socket.receive_from(room)) {
//       const std::string answer = answer_to(bytes(room).first(got->count));       // none to an answer
//       if (!answer.empty()) co_await socket.send_to(as_bytes(answer), got->from);
//   }
//
// Anybody can write anybody's address on a datagram. So never answer what may be an answer itself, or two servers go on
// for ever about one forged packet; and do not answer with much more than was asked, or to whom it was not. See
// examples/udp_echo_server.cpp.
//
// A datagram comes whole, or not at all, in any order: no codec is needed to find its ends, and its bytes are those of
// one packet (packet::decode, packet::encode). It is read into the caller's buffer; a socket that waits holds none. One
// task may receive and one send at a time; a second receive is `concurrent_read`. To be used on the thread of its
// executor only. No error but close() ends a socket: after any other it goes on. After each `turn` datagrams the others
// of the thread have theirs, whatever there is to receive or to send.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/address.hpp>
#include <hawser/io/deadline.hpp>
#include <hawser/io/endpoint.hpp>
#include <hawser/io/socket_options.hpp>

#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/ip/udp.hpp>

#include <cstddef>
#include <memory>

namespace hawser::inline v0::io {

class datagram_socket {
public:
    /// The longest that IPv4 can carry; more is `message_size`, an error of the system.
    static constexpr std::size_t max_datagram = 65'507;

    /// Datagrams in one turn, of each direction: 128 take well under a millisecond.
    static constexpr unsigned turn = 128;

    using carrier = asio::basic_datagram_socket<asio::ip::udp, executor>;

    /// What one receive brought.
    struct received {
        std::size_t count = 0;   ///< bytes that are in the buffer now; 0 for an empty datagram, which is a legal one
        endpoint from;
        bool truncated = false;   ///< the buffer was too small: the rest of this datagram is gone
    };

    /// Made by listen_datagrams() and dial_datagrams().
    explicit datagram_socket(carrier bound);
    datagram_socket(const datagram_socket&) = delete;
    datagram_socket& operator=(const datagram_socket&) = delete;
    ~datagram_socket() = default;

    /// The next datagram, into what must stay until then. A dialled socket gets its peer's only, and
    /// `connection_refused` once if nobody is there.
    [[nodiscard]] task<result<received>> receive_from(mutable_bytes into);
    /// Sends one datagram, which must stay valid until then, waiting for room in the kernel; that it has left
    /// is all that is known of it.
    [[nodiscard]] task<error_code> send_to(bytes datagram, endpoint to);
    /// The same to the peer that was dialled; `connection_refused` once if an earlier one found nobody there.
    [[nodiscard]] task<error_code> send(bytes datagram);

    // Without waiting, for whoever takes many: it leaves the others of its thread their turn itself. Deadlines are for
    // who waits. Both throw nothing.

    /// A datagram that has come already, also while a receive waits; `would_block` if none has.
    [[nodiscard]] result<received> receive_waiting(mutable_bytes into) noexcept;
    /// Sends one; `would_block` if the kernel has no room for it.
    [[nodiscard]] error_code try_send_to(bytes datagram, const endpoint& to) noexcept;

    /// Before close(), by somebody who will still take those that have come: as far as the system can do it nothing is
    /// received any more, while sending goes on (a packet filter that drops all).
    void close_queue() noexcept;
    /// Wakes whoever waits, with `closed`.
    void close() noexcept;

    // Deadlines, as those of a stream: absolute, sticky until moved, time_point::max() for none. Once one has passed,
    // every receive (send) fails with read_timeout (write_timeout), and no datagram is lost by it.

    void set_read_deadline(time_point at) noexcept { read_deadline_.move(at); }
    void set_write_deadline(time_point at) noexcept { write_deadline_.move(at); }
    void set_deadline(time_point at) noexcept { set_read_deadline(at), set_write_deadline(at); }

    [[nodiscard]] bool is_closed() const noexcept { return closed_; }
    [[nodiscard]] endpoint local() const noexcept;   ///< where it receives
    /// `none` if it was not dialled.
    [[nodiscard]] endpoint remote() const noexcept;
    [[nodiscard]] executor get_executor() noexcept { return socket_.get_executor(); }

private:
    enum class direction : unsigned char { receiving, sending };
    [[nodiscard]] result<received> try_receive(mutable_bytes into) noexcept;
    [[nodiscard]] error_code try_send(bytes datagram, const asio::ip::udp::endpoint* to) noexcept;
    [[nodiscard]] task<error_code> send_when_possible(bytes datagram, endpoint to);
    [[nodiscard]] task<error_code> wait(direction which);
    [[nodiscard]] error_code reason_to_fail(direction which) const noexcept;
    void wake() noexcept;

    carrier socket_;
    deadline read_deadline_;
    deadline write_deadline_;
    unsigned received_in_turn_ = 0;
    unsigned sent_in_turn_ = 0;
    bool is_ipv6_;
    bool receiving_ = false;
    bool closed_ = false;
};

/// Binds to `where`, a udp address, on the io_context of `on`; hosts and families as for listen().
/// `wrong_network` for another.
[[nodiscard]] result<std::unique_ptr<datagram_socket>> listen_datagrams(const executor& on, const address& where,
                                                                        const socket_options& options = {});

/// A socket for one peer: looks its name up like dial(), which is all that can take time. `wrong_network` for another
/// address than a udp one.
[[nodiscard]] task<result<std::unique_ptr<datagram_socket>>> dial_datagrams(address where, duration timeout,
                                                                            socket_options options = {});

}   // namespace hawser::io
