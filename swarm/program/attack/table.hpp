// table: what came of all attacks, for people and for programs.
#pragma once

#include "attack_result.hpp"

#include <string>
#include <vector>

namespace hawser::swarm_program {

/// A line for each attack, then one for each reason why one did not pass, then the sum.
[[nodiscard]] std::string text_table(const std::vector<attack_result>& results,
                                     const swarm_program::baseline& baseline);
/// An array with an object for each; its keys are in docs/attacks.md.
[[nodiscard]] std::string json_table(const std::vector<attack_result>& results,
                                     const swarm_program::baseline& baseline);
/// All that could be done was done and passed.
[[nodiscard]] bool all_passed(const std::vector<attack_result>& results) noexcept;

}   // namespace hawser::swarm_program
