// shot: the bytes that the attackers of one attack send. Each of these makes scene::shot from the plan's format and traffic, says
// what the server must do about it, and gives "", or why the attack makes no sense with that format.
//
// Whether a server has to close is asked of the plan's own codec and protocol, not known by heart: if they too take the bytes for
// something legal (a length of 0 that does not count itself, say), it does not have to.
#pragma once

#include "scene.hpp"

#include <string>

namespace hawser::swarm_program {

[[nodiscard]] std::string oversize(scene& at);
[[nodiscard]] std::string zero_length(scene& at);
[[nodiscard]] std::string huge_length(scene& at);
[[nodiscard]] std::string wrong_packet(scene& at);
[[nodiscard]] std::string garbage(scene& at);
/// Some thousand legal requests, as short as the format allows.
[[nodiscard]] std::string many_requests(scene& at);
/// No shot, but the same for those that each attacker makes.
[[nodiscard]] std::string short_requests(scene& at);

}  // namespace hawser::swarm_program
