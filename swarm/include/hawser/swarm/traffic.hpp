// traffic: what the clients of a swarm say, and what they take for an answer.
//
//   swarm::plan plan{.connect = where, .says = swarm::traffic_of<reading>()};
//
// default_traffic() submits, and is a plan's default. traffic_of<Request>() fills a packet of your own with random values
// (random_field.hpp), counts in its id, and expects Request::reply with the same id; a reply with a member `result` that
// is not 0 is a wrong answer. A value; its functions are called on the threads of the swarms that have it, by several at once.
#pragma once

#include <hawser/packet/counted_id.hpp>
#include <hawser/packet/outline.hpp>
#include <hawser/packet/packets.hpp>
#include <hawser/swarm/material.hpp>
#include <hawser/swarm/random_field.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace hawser::swarm {

/// An answer, as a swarm sees it.
struct heard {
    std::uint32_t number = 0;   ///< of the request that it answers; 0 if no request has such an id
    bool good = false;
};

/// What an answer has to bring back: the part of a request's body that must be the same in the answer's.
struct echo {
    std::function<bytes(bytes request)> sent;
    std::function<bytes(bytes answer)> came_back;
};

/// What a client says first on each of its connections, a login, say. It is not measured.
struct opening {
    /// Appends it, for the client with this number.
    std::function<error_code(std::uint32_t client, material& from, byte_buffer& into)> make;
    /// Judges the first body that comes and is not passed over. If it is not good the connection has failed.
    std::function<bool(bytes answer)> is_good;
};

struct traffic {
    /// The protocol, if bodies that are no answers are to be checked too; otherwise they are passed over.
    std::optional<packet::outline> speaks;
    /// Requests are numbered from 1 to this, and round again.
    std::uint32_t last = packet::serial::last;
    /// Answers come in the order of their requests, and numbers that are heard do not matter.
    bool in_order = false;
    /// Appends the body of the request with this number. Errors: those of packet::encode().
    std::function<error_code(std::uint32_t number, material& from, byte_buffer& into)> make;
    /// Reads an answer. Error: unknown_command if the body is none.
    std::function<packet::decoded<heard>(bytes body)> read;
    /// An answer that does not bring this back is wrong.
    std::optional<echo> echoes = {};
    /// Bodies that are no answers, heartbeats, say: they are counted, and that is all.
    std::function<bool(bytes body)> passes_over = {};
    std::optional<opening> first = {};
};

/// A packet that a swarm can send: answered by a packet with the same id, at whose command's place its own is.
template <class Request>
concept countable_request = packet::identified<Request> && packet::identified<typename Request::reply> &&
                            packet::countable_id<decltype(Request::id)> &&
                            std::same_as<decltype(Request::id), decltype(Request::reply::id)> &&
                            packet::packet_layout<Request>::place == packet::packet_layout<typename Request::reply>::place;

/// Reads the answer to a Request.
template <countable_request Request>
[[nodiscard]] packet::decoded<heard> read_answer(bytes body) {
    using Reply = typename Request::reply;
    const packet::decoded<Reply> read = packet::decode_as<Reply>(body);
    if (!read) return read.error();
    heard made{.number = packet::counted_id<decltype(Reply::id)>::number(read->id), .good = true};
    if constexpr (requires { read->result; }) made.good = read->result == decltype(read->result){};
    return made;
}

/// Random requests. With `speaks`, what comes and is no answer must at least be a packet of that protocol.
template <countable_request Request>
[[nodiscard]] traffic traffic_of(std::optional<packet::outline> speaks = {}) {
    using Id = decltype(Request::id);
    return {.speaks = speaks,
            .last = packet::counted_id<Id>::last,
            .make = [](std::uint32_t number, material& from, byte_buffer& into) {
                from.clear();
                Request made{};
                fill(made, from);
                made.id = packet::counted_id<Id>::of(number);
                return packet::encode(made, into);
            },
            .read = &read_answer<Request>};
}

/// Submits, each with a code name or with as many bytes as the plan says.
[[nodiscard]] traffic default_traffic();

}  // namespace hawser::swarm
