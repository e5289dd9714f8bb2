// answer_rules: how an answer is matched to its message and judged, in a protocol that hawser knows nothing of.
//
//   swarm::traffic traffic = traffic_of({message::parse("01 {counter:4}")}, {.match = number_field::parse("1:4")});
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
struct answer_rules {
    std::optional<number_field> match = {};    ///< none: answers come in the order of their requests
    std::optional<expected_bytes> good = {};   ///< none: every answer is good
    bool echo = false;                         ///< an answer has to be the same body as its request
};

/// Sends the messages in turn. A message without a counter gets its number written over it, at the offset where the
/// answer has it. Throws std::invalid_argument if it is too short for that.
[[nodiscard]] swarm::traffic traffic_of(std::vector<message> messages, answer_rules rules);
/// What a client sends first; its {counter} is the number of the client. Without `good` any answer is good.
[[nodiscard]] swarm::opening opening_of(message first, std::optional<expected_bytes> good);
/// For traffic::is_ignored: a body that has one of these is no answer.
[[nodiscard]] std::function<bool(bytes)> ignoring(std::vector<expected_bytes> any);
/// The default protocol's submits, for a server that echoes them.
[[nodiscard]] swarm::traffic echoed_submits();

}   // namespace hawser::swarm_program
