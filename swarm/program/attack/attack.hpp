// attack: the ways to misbehave that --attack knows, as a table.
//
//   if (const attack* found = find_attack("dribble")) ...
//
// To add one, write a coroutine and a line of the table in attack.cpp. The coroutine is what one attacker
// (attacker.hpp) does. It ends when there is nothing left to do, or when attacker::is_over(). It works against any
// server: legal requests are the plan's traffic, and their frames have the plan's format.
#pragma once

#include "attacker.hpp"

#include <span>
#include <string>
#include <string_view>

namespace hawser::swarm_program {

struct attack {
    std::string_view name;
    std::string_view description;   ///< one line
    duty server_must;
    /// Fills in the setup, and may change what the server must do. Says why the attack makes no sense with this plan;
    /// "" if it does. Null: there is nothing to prepare.
    std::string (*prepare)(attack_setup& setup);
    io::task<void> (*play)(attacker& self);
};

[[nodiscard]] std::span<const attack> all_attacks() noexcept;
/// Null if there is none of that name.
[[nodiscard]] const attack* find_attack(std::string_view name) noexcept;

}   // namespace hawser::swarm_program
