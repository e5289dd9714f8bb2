// requester: what takes requests and gives their answers back: a client of one connection, or one that keeps its
// connections. Code that only asks should ask for this.
//
//   io::task<bool> store(client::requester& server, std::string_view text) {
//       const packet::submit made{.payload = as_bytes(text)};              // the requester picks the id
//       const auto ack = co_await server.request(made);
//       co_return ack && ack->result == packet::outcome::ok;
//   }
//
// A request is matched to its answer by command and id.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/client/error.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/packet/counted_id.hpp>
#include <hawser/packet/outline.hpp>
#include <hawser/packet/packet.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::client {

/// An answer, with the bytes that its views point into.
template <class Packet>
struct answer : Packet {
    byte_buffer body;
};

/// A packet that names the packet which answers it ...
template <class Packet>
concept names_reply = requires { typename Packet::reply; };
/// ... with the same id.
template <class Packet>
concept answerable = packet::identified<Packet> && packet::identified<typename Packet::reply> &&
                     packet::countable_id<decltype(Packet::id)> &&
                     std::same_as<decltype(Packet::id), decltype(Packet::reply::id)>;

/// What an id is used for.
enum class id_use : unsigned char {
    none,
    late,      ///< its request has given up, and its answer may still come
    request,   ///< one that waits for its answer
};

class requester {
public:
    virtual ~requester() = default;

    /// Sends what is given, with the next id if it has none, and waits for its answer. It is encoded in this call; this
    /// object has to stay where it is until the answer is there. Errors: `request_timeout`, `id_in_flight`,
    /// `value_too_long`, a malformed answer's, or why there is no connection.
    template <class Given, class Request = std::remove_cvref_t<Given>>
        requires names_reply<Request>
    [[nodiscard]] io::task<result<answer<typename Request::reply>>> request(Given&& given, io::duration timeout) {
        static_assert(
            io::safe_to_await<Given> || !std::is_aggregate_v<Given>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        static_assert(packet::described<Request> && packet::described<typename Request::reply>,
                      "a packet is a described struct: write BOOST_DESCRIBE_STRUCT(NAME, (), (its fields)) behind it");
        static_assert(
            answerable<Request>,
            "an answer is found by a member `id` of one fixed size in both packets, behind fields of fixed sizes: "
            "packet::id, a number, packet::fixed_text<8> or std::array<std::byte, 8>");
        using Reply = typename Request::reply;
        using Id = decltype(Request::id);
        Request made = std::forward<Given>(given);
        byte_buffer body;
        error_code failed = errc::other_protocol;
        if (has_command_at(packet::packet_layout<Reply>::place)) {
            if (made.id == Id{}) made.id = free_id<Reply, Id>();
            failed = packet::encode(made, body);
        }
        return ask<Reply>(packet::identity::of<Reply>(made.id), std::move(body), failed, timeout);
    }
    /// With the time-out of the options.
    template <class Given, class Request = std::remove_cvref_t<Given>>
        requires names_reply<Request>
    [[nodiscard]] io::task<result<answer<typename Request::reply>>> request(Given&& given) {
        static_assert(
            io::safe_to_await<Given> || !std::is_aggregate_v<Given>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        return request(given, request_timeout());
    }

    /// Sends a packet that has no answer, as it is; `value_too_long` if it cannot be encoded.
    template <packet::given_packet Packet>
    [[nodiscard]] io::task<result<void>> send(Packet&& made) {
        static_assert(
            io::safe_to_await<Packet> || !std::is_aggregate_v<Packet>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        byte_buffer body;
        const error_code error = packet::encode(made, body);
        return send_body(std::move(body), error);
    }

    /// The next id that a request without one would get, if ids are packet::id.
    [[nodiscard]] packet::id next_id() noexcept {
        return packet::serial::from_number(next_number(packet::serial::last));
    }

protected:
    requester() = default;
    requester(const requester&) = default;
    requester& operator=(const requester&) = default;

private:
    // The next one that no request waits with. Where there are few they are soon used again: one with which a late
    // answer may come is the last choice, as that would be taken for the new request's.
    template <packet::packet Reply, class Id>
    [[nodiscard]] Id free_id() {
        constexpr std::uint32_t last = packet::counted_id<Id>::last;
        Id id = packet::counted_id<Id>::of(next_number(last));
        if constexpr (last < packet::serial::last) {
            for (std::uint32_t tried = 1; tried < 2 * last; ++tried) {
                const id_use use = use_of(packet::identity::of<Reply>(id));
                if (use == id_use::none || (use == id_use::late && tried > last)) break;
                id = packet::counted_id<Id>::of(next_number(last));
            }
        }
        return id;
    }
    // Sends it, or passes on why it could not be made.
    template <packet::packet Reply>
    [[nodiscard]] io::task<result<answer<Reply>>> ask(packet::identity answer_to, byte_buffer body, error_code failed,
                                                      io::duration timeout) {
        if (failed) co_return failed;
        constexpr packet::form form = packet::form::of<Reply>(true);
        result<byte_buffer> got = co_await exchange(form, answer_to, body.view(), timeout);
        if (!got) co_return got.error();
        packet::decoded<Reply> read = packet::decode_as<Reply>(got->view());
        if (!read) co_return read.error();
        co_return answer<Reply>{std::move(*read), std::move(*got)};
    }
    [[nodiscard]] virtual bool has_command_at(const packet::command_place& place) const noexcept = 0;
    [[nodiscard]] virtual io::duration request_timeout() const noexcept = 0;
    /// Goes round: 1 comes after `last`.
    [[nodiscard]] virtual std::uint32_t next_number(std::uint32_t last) noexcept = 0;
    /// Of the id that this answer has.
    [[nodiscard]] virtual id_use use_of(const packet::identity& answer) const noexcept = 0;
    /// Sends `body`, which stays valid until this returns, and waits for the body that answers it.
    [[nodiscard]] virtual io::task<result<byte_buffer>> exchange(packet::form form, packet::identity answer, bytes body,
                                                                 io::duration timeout) = 0;
    /// Sends it, or passes on why it could not be made.
    [[nodiscard]] virtual io::task<result<void>> send_body(byte_buffer body, error_code failed) = 0;
};

}   // namespace hawser::client
