// client: requests and their answers over one connection, several at a time.
//
//   auto client = co_await client::client::connect(*io::address::parse("localhost:8888"));
//   const packet::submit hello{.payload = as_bytes("hello")};        // the client picks the id
//   auto ack = co_await client->request(hello);
//   if (ack && ack->result == packet::outcome::ok) ...
//   co_await client->close();
//
// A request is matched to its answer by command and id; ids are counted by the client. Its options say which protocol it
// speaks: {.speaks = weather{}}. To be used on the thread of the executor it was made on. Pings of the
// default protocol are answered; other packets that nobody asked for wait in an inbox, see next().
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/client/error.hpp>
#include <hawser/frame/any_codec.hpp>
#include <hawser/io/address.hpp>
#include <hawser/io/limits.hpp>
#include <hawser/io/transport.hpp>
#include <hawser/packet/counted_id.hpp>
#include <hawser/packet/outline.hpp>
#include <hawser/packet/packets.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace hawser::client {

struct options {
    packet::outline speaks = packet::default_protocol();      ///< which packets come
    io::duration connect_timeout = std::chrono::seconds(5);
    io::duration request_timeout = std::chrono::seconds(5);   ///< from the call to the answer
    frame::any_codec codec = {};                              ///< of what is sent, and of what comes
    std::optional<frame::any_codec> answer_codec = {};        ///< if what comes has another format
    std::size_t inbox = 64;                                   ///< packets that wait for next(); the newest is dropped
    io::duration linger = std::chrono::seconds(1);            ///< close() waits this long for the server to close too
    /// A client is not held to a first frame or against silence: its requests have deadlines of their own.
    io::frame_limits limits = {.first_frame_timeout = io::duration::zero(), .idle_timeout = io::duration::zero()};
};

/// An answer, with the bytes that its views point into.
template <packet::packet Packet>
struct answer : Packet {
    byte_buffer body;
};

/// A packet that names the packet which answers it, with the same id.
template <class Packet>
concept answerable = packet::identified<Packet> && packet::identified<typename Packet::reply> &&
                     packet::countable_id<decltype(Packet::id)> &&
                     std::same_as<decltype(Packet::id), decltype(Packet::reply::id)>;

class client {
public:
    /// Connects from this task's io_context.
    [[nodiscard]] static io::task<result<client>> connect(io::address where, options settings = {});
    /// Over a connection that is there already.
    [[nodiscard]] static client over(io::transport carrier, options settings = {});

    client(client&&) noexcept = default;
    client& operator=(client&&) noexcept;
    /// Ends the connection now; requests under way get `closed`.
    ~client();

    /// Sends `made`, with the next id if it has none, and waits for its answer. Views in it must stay valid, and this
    /// client where it is, until this returns. Errors: `request_timeout` (the connection goes on), `id_in_flight`,
    /// `value_too_long`, a malformed answer's, or why the connection ended.
    template <answerable Request>
    [[nodiscard]] io::task<result<answer<typename Request::reply>>> request(Request made, io::duration timeout) {
        using Reply = typename Request::reply;
        using Id = decltype(made.id);
        if (!has_command_at(packet::packet_layout<Reply>::place)) co_return errc::other_protocol;
        if (made.id == Id{}) made.id = packet::counted_id<Id>::of(next_number(packet::counted_id<Id>::last));
        byte_buffer body;
        if (const error_code error = packet::encode(made, body)) co_return error;
        constexpr packet::form form = packet::form::of<Reply>(true);
        const packet::identity answer_to = packet::identity::of<Reply>(made.id);
        result<byte_buffer> got = co_await exchange(link_, form, answer_to, std::move(body), timeout);
        if (!got) co_return got.error();
        const packet::decoded<Reply> read = packet::decode_as<Reply>(got->view());
        if (!read) co_return read.error();
        co_return answer<Reply>{*read, std::move(*got)};
    }
    /// With the time-out of the options.
    template <answerable Request>
    [[nodiscard]] io::task<result<answer<typename Request::reply>>> request(Request made) {
        return request(std::move(made), request_timeout());
    }

    /// Sends a packet that has no answer, as it is; `value_too_long` if it cannot be encoded.
    template <packet::packet Packet>
    [[nodiscard]] io::task<result<void>> send(const Packet& made) {
        byte_buffer body;
        const error_code error = packet::encode(made, body);
        return send_body(link_, std::move(body), error);
    }

    /// The body of the next packet that no request waited for (a push, a go_away); waits for one.
    [[nodiscard]] io::task<result<byte_buffer>> next();

    /// Ends in peace: what was sent still arrives. Requests under way get `stopping`.
    [[nodiscard]] io::task<void> close();

    /// The next id that a request without one would get, if ids are packet::id.
    [[nodiscard]] packet::id next_id() noexcept;
    /// Answers that came after their request had given up.
    [[nodiscard]] std::uint64_t late_answers() const noexcept;
    /// Packets that found the inbox full.
    [[nodiscard]] std::uint64_t dropped() const noexcept;

private:
    struct link;
    explicit client(std::shared_ptr<link> to) noexcept : link_(std::move(to)) {}

    [[nodiscard]] bool has_command_at(const packet::command_place& place) const noexcept;
    [[nodiscard]] io::duration request_timeout() const noexcept;
    [[nodiscard]] std::uint32_t next_number(std::uint32_t last) noexcept;
    static io::task<result<byte_buffer>> exchange(std::shared_ptr<link> over, packet::form form, packet::identity answer,
                                                  byte_buffer body, io::duration timeout);
    static io::task<result<void>> send_body(std::shared_ptr<link> over, byte_buffer body, error_code failed);

    std::shared_ptr<link> link_;
};

}  // namespace hawser::client
