// framing_check: checks, before anything is sent, that every message can be a frame.
//
//   if (const auto why = unframeable(messages, match, codec)) return refuse(*why);
//
// Only the codec knows whether it carries a body, so it is tried with samples: the longest and the shortest message of
// each template, and, where frames end with marks, messages with those marks wherever the template can have them. Pure.
#pragma once

#include "message.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/swarm/traffic.hpp>

#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// Why a message of one of these templates has no frame; none if each has. `match` is where a template without a
/// counter gets its number written over it.
[[nodiscard]] std::optional<std::string> unframeable(const std::vector<message>& messages,
                                                     const std::optional<number_field>& match,
                                                     const frame::any_codec& codec);
/// The same for bodies that are made at random: some hundreds are tried.
[[nodiscard]] std::optional<std::string> unframeable(const swarm::traffic& traffic,
                                                     std::optional<std::size_t> payload_size,
                                                     const frame::any_codec& codec);

}   // namespace hawser::swarm_program
