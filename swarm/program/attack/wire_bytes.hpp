// wire_bytes: the bytes that the attackers of one attack send. Each function makes attack_setup::wire_bytes from the
// plan's format and traffic, and sets attack_setup::server_must. It returns "", or why the attack makes no sense with
// that format.
//
// The plan's own codec and protocol decide whether a server has to close: if they take the bytes for something legal (a
// length of 0 that does not count itself, say), it does not have to.
#pragma once

#include "attack_setup.hpp"

#include <string>

namespace hawser::swarm_program {

[[nodiscard]] std::string oversize(attack_setup& setup);
[[nodiscard]] std::string zero_length(attack_setup& setup);
[[nodiscard]] std::string huge_length(attack_setup& setup);
[[nodiscard]] std::string wrong_packet(attack_setup& setup);
[[nodiscard]] std::string garbage(attack_setup& setup);
/// Some thousand legal requests, as short as the format allows.
[[nodiscard]] std::string many_requests(attack_setup& setup);
/// Makes no wire_bytes, but has each attacker make such requests.
[[nodiscard]] std::string short_requests(attack_setup& setup);

}   // namespace hawser::swarm_program
