// answering: how an answer is matched to its message and judged, in a protocol that hawser knows nothing of.
//
//   swarm::traffic says = traffic_of({message::parse("01 {counter:4}")}, {.match = number_field::parse("1:4")});
#pragma once

#include "body_field.hpp"
#include "message.hpp"

#include <hawser/bytes.hpp>
#include <hawser/swarm/traffic.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace hawser::swarm_program {

/// How answers are judged.
struct answering {
    std::optional<number_field> match = {};      ///< none: answers come in the order of their requests
    std::optional<expected_bytes> good = {};     ///< none: every answer is good
    bool echo = false;                           ///< an answer has to be the same body as its request
};

/// The messages in turn. A message that does not count gets its number written over it where the answer has it. Throws
/// std::invalid_argument if that is outside.
[[nodiscard]] swarm::traffic traffic_of(std::vector<message> messages, answering with);
/// What a client says first, with its own number for a {counter}; without `good` any answer will do.
[[nodiscard]] swarm::opening opening_of(message first, std::optional<expected_bytes> good);
/// Bodies that have one of these are no answers.
[[nodiscard]] std::function<bool(bytes)> passing_over(std::vector<expected_bytes> any);
/// The default protocol's submits to a server that sends back what it gets.
[[nodiscard]] swarm::traffic echoed_submits();

}  // namespace hawser::swarm_program
