// summary: the report of a swarm, for people and for programs.
#pragma once

#include <hawser/client/swarm.hpp>

#include <string>

namespace hawser::swarm_program {

/// Some lines for a terminal; the last says whether all was well, and if not, why.
[[nodiscard]] std::string text_summary(const client::report& of);
/// One JSON object; its keys are in the documentation of --json.
[[nodiscard]] std::string json_summary(const client::report& of, bool with_schedule);

}  // namespace hawser::swarm_program
