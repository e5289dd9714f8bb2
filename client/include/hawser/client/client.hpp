// client: requests and their answers over one connection, several at a time.
//
//   auto client = co_await client::client::connect(*io::address::parse("localhost:8888"));
//   const packet::submit hello{.payload = as_bytes("hello")};        // the client picks the id
//   auto ack = co_await client->request(hello);
//   if (ack && ack->result == packet::outcome::ok) ...
//   co_await client->close();
//
// Ids are counted by the client. Its options say which protocol it speaks: {.speaks = weather{}}. To be used on
// the thread of the executor it was made on. Pings of its protocol's control are answered; other packets that
// nobody asked for wait in an inbox, see next(). When the connection ends, so does the client:
// reconnecting_client.hpp has one that goes on.
#pragma once

#include <hawser/client/requester.hpp>
#include <hawser/frame/any_codec.hpp>
#include <hawser/io/address.hpp>
#include <hawser/io/limits.hpp>
#include <hawser/io/socket_options.hpp>
#include <hawser/io/transport.hpp>
#include <hawser/packet/packets.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace hawser::inline v0::client {

class kept_connection;
class link;

/// What a client is told when it is made.
struct options {
    packet::outline speaks = packet::default_protocol();   ///< which packets come
    io::duration connect_timeout = std::chrono::seconds(5);
    io::duration request_timeout = std::chrono::seconds(5);   ///< from the call to the answer
    frame::any_codec codec = {};                              ///< of what is sent, and of what comes
    std::optional<frame::any_codec> answer_codec = {};        ///< if what comes has another format
    std::size_t inbox = 64;                                   ///< packets that wait for next(); the newest is dropped
    std::size_t inbox_bytes = 1024 * 1024;                    ///< and their bytes in all; one may be longer, alone
    io::duration linger = std::chrono::seconds(1);            ///< close() waits this long for the server to close too
    /// A ping after so long a silence, as the protocol's packet::control makes them. 0, none: a server that knows no
    /// pings would take one for a breach.
    io::duration ping_interval{};
    /// Pings on end without a sign of life: `heartbeat_lost`. That the server takes some of what waits for it, and a
    /// ping behind that, is one.
    std::uint8_t ping_misses = 2;
    /// A client is not held to a first frame or against silence: its requests have deadlines of their own.
    io::frame_limits limits = {.first_frame_timeout = io::duration::zero(), .idle_timeout = io::duration::zero()};
    io::socket_options sockets = {};   ///< what the system is told about its socket
};

/// How long the server takes for a pong; 0 before the first.
struct round_trips {
    io::duration last{};
    io::duration smoothed{};   ///< each new one counts an eighth
};

class client final : public requester {
public:
    /// Connects from this task's io_context. Throws std::invalid_argument for pings in a protocol that has none.
    [[nodiscard]] static io::task<result<client>> connect(io::address where, options settings = {});
    /// Over a connection that is there already.
    [[nodiscard]] static client over(io::transport carrier, options settings = {});

    client(client&&) noexcept = default;
    client& operator=(client&&) noexcept;
    /// Ends the connection now; requests under way get `closed`.
    ~client() override;

    /// Greets the server as the protocol's packet::control does, and waits for its yes: in the default protocol that
    /// says that this client knows pings and go_away, and the server sends neither before. `refused` if it says no,
    /// `other_protocol` if there is no greeting.
    [[nodiscard]] io::task<result<void>> hello();

    /// The body of the next packet that no request waited for (a push, a go_away); waits for one.
    [[nodiscard]] io::task<result<byte_buffer>> next();

    /// Tells the server that nothing more comes, once all that was sent is written. Answers and pushes still come;
    /// nothing more can be asked (`closed`).
    [[nodiscard]] io::task<result<void>> close_write();

    /// Ends in peace: what was sent still arrives. Requests under way get `stopping`.
    [[nodiscard]] io::task<void> close();

    /// Answers that came after their request had given up.
    [[nodiscard]] std::uint64_t late_answers() const noexcept;
    /// Packets that found the inbox full.
    [[nodiscard]] std::uint64_t dropped() const noexcept;
    [[nodiscard]] round_trips round_trip() const noexcept;   ///< of the pings

private:
    friend class kept_connection;
    explicit client(std::shared_ptr<link> to) noexcept : link_(std::move(to)) {}

    [[nodiscard]] bool has_command_at(const packet::command_place& place) const noexcept override;
    [[nodiscard]] io::duration request_timeout() const noexcept override;
    [[nodiscard]] std::uint32_t next_number(std::uint32_t last) noexcept override;
    [[nodiscard]] id_use use_of(const packet::identity& answer) const noexcept override;
    [[nodiscard]] io::task<result<byte_buffer>> exchange(packet::form form, packet::identity answer, bytes body,
                                                         io::duration timeout) override;
    [[nodiscard]] io::task<result<void>> send_body(byte_buffer body, error_code failed) override;

    std::shared_ptr<link> link_;
};

}   // namespace hawser::client
