// framing_check: whether every message that will be sent can be a frame, before the first is sent.
//
//   if (const auto why = unframeable(messages, match, codec)) return refuse(*why);
//
// Whether a codec carries a body only the codec knows, so it is asked with samples: the longest and the shortest of each template, and, where
// frames end with marks, with those marks wherever the template is free to have them. Pure.
#pragma once

#include "message.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/swarm/traffic.hpp>

#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// Why a message of one of these templates has no frame; none if each has. `match` is where a template without a counter gets its
/// number written over it.
[[nodiscard]] std::optional<std::string> unframeable(const std::vector<message>& messages, const std::optional<number_field>& match,
                                                     const frame::any_codec& codec);
/// The same of bodies that are made by chance: some hundreds are tried.
[[nodiscard]] std::optional<std::string> unframeable(const swarm::traffic& says, std::optional<std::size_t> payload_size,
                                                     const frame::any_codec& codec);

}  // namespace hawser::swarm_program
