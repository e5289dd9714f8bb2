// attack: the ways to misbehave that --attack knows, as a table.
//
//   if (const attack* what = find_attack("dribble")) ...
//
// One more is a coroutine and a row in attack.cpp. The coroutine plays one attacker (attacker.hpp) and ends when there is
// nothing left to do, or when the attacker says that it is over. Nothing that it does depends on whose server it is: legal
// requests are the plan's traffic, frames are its format's.
#pragma once

#include "attacker.hpp"

#include <span>
#include <string>
#include <string_view>

namespace hawser::swarm_program {

struct attack {
    std::string_view name;
    std::string_view does;   ///< in a line
    duty server_must;
    /// Gets the scene ready; why the attack makes no sense there, if it does not. May change what the server must do. Null:
    /// nothing to do.
    std::string (*prepare)(scene& at);
    io::task<void> (*play)(attacker& me);
};

[[nodiscard]] std::span<const attack> all_attacks() noexcept;
/// Null if there is none of that name.
[[nodiscard]] const attack* find_attack(std::string_view name) noexcept;

}  // namespace hawser::swarm_program
