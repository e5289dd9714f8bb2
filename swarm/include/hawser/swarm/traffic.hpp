// traffic: what the clients of a swarm send, and what they take for an answer.
//
//   swarm::plan plan{.connect = where, .traffic = swarm::traffic_of<reading>()};
//
// default_traffic() sends submits, and is a plan's default. traffic_of<Request>() fills a packet of your own with
// random values (random_field.hpp), numbers it in its id, and expects Request::reply with the same id. A reply with a
// member `result` that is not 0 is a wrong answer. A value. Its functions may be called by several threads at once:
// those of the swarms that have it.
#pragma once

#include <hawser/packet/counted_id.hpp>
#include <hawser/packet/outline.hpp>
#include <hawser/packet/packets.hpp>
#include <hawser/swarm/random_field.hpp>
#include <hawser/swarm/random_values.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace hawser::inline v0::swarm {

/// What a swarm has to know of an answer.
struct received_answer {
    std::uint32_t number = 0;   ///< of its request; 0 if no request has such an id
    bool good = false;
};

/// What an answer has to echo: the part of a request's body that must come back in the answer's.
struct echo {
    std::function<bytes(bytes request)> sent;
    std::function<bytes(bytes answer)> came_back;
};

/// What a client sends first on each of its connections, for example a login. It is not measured.
struct opening {
    /// Appends the body, for the client with this number.
    std::function<error_code(std::uint32_t client, random_values& values, byte_buffer& into)> make;
    /// Whether the answer is good: the first body that comes and is not ignored. If it is not, the connection has
    /// failed.
    std::function<bool(bytes answer)> is_good;
};

struct traffic {
    /// The protocol. With it, bodies that are no answers have to be packets of it; without it, they are not looked at.
    std::optional<packet::outline> speaks;
    /// Requests are numbered from 1 to this, and then from 1 again.
    std::uint32_t last = packet::serial::last;
    /// Answers come in the order of their requests, and their numbers do not matter.
    bool in_order = false;
    /// Appends the body of the request with this number. Errors: those of packet::encode().
    std::function<error_code(std::uint32_t number, random_values& values, byte_buffer& into)> make;
    /// Reads an answer. Error: unknown_command if the body is none.
    std::function<packet::decoded<received_answer>(bytes body)> read;
    /// An answer that does not echo this is wrong.
    std::optional<echo> echoes = {};
    /// Bodies that are no answers, for example heartbeats: they are only counted.
    std::function<bool(bytes body)> is_ignored = {};
    std::optional<opening> first = {};
};

/// A packet that a swarm can send: its id can be counted, and its reply has an id of the same type and its command at
/// the same offset.
template <class Request>
concept countable_request = packet::identified<Request> && packet::identified<typename Request::reply> &&
                            packet::countable_id<decltype(Request::id)> &&
                            std::same_as<decltype(Request::id), decltype(Request::reply::id)> &&
                            packet::packet_layout<Request>::place ==
                                packet::packet_layout<typename Request::reply>::place;

/// Reads the answer to a Request.
template <countable_request Request>
[[nodiscard]] packet::decoded<received_answer> read_answer(bytes body) {
    using Reply = typename Request::reply;
    const packet::decoded<Reply> reply = packet::decode_as<Reply>(body);
    if (!reply) return reply.error();
    received_answer answer{.number = packet::counted_id<decltype(Reply::id)>::number(reply->id), .good = true};
    if constexpr (requires { reply->result; }) answer.good = reply->result == decltype(reply->result){};
    return answer;
}

/// Random requests. With `speaks`, a body that is no answer must at least be a packet of that protocol.
template <countable_request Request>
[[nodiscard]] traffic traffic_of(std::optional<packet::outline> speaks = {}) {
    using Id = decltype(Request::id);
    return {.speaks = speaks,
            .last = packet::counted_id<Id>::last,
            .make =
                [](std::uint32_t number, random_values& values, byte_buffer& into) {
                    values.clear();
                    Request request{};
                    fill(request, values);
                    request.id = packet::counted_id<Id>::of(number);
                    return packet::encode(request, into);
                },
            .read = &read_answer<Request>};
}

/// Submits, each with a code name or with as many bytes as the plan says.
[[nodiscard]] traffic default_traffic();

}   // namespace hawser::swarm
