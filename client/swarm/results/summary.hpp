// summary: the report of a swarm, for people. (For programs: recording.hpp.)
#pragma once

#include <hawser/client/report.hpp>

#include <string>

namespace hawser::swarm_program {

/// Some lines for a terminal; the last says whether all was well, and if not, why.
[[nodiscard]] std::string text_summary(const client::report& of);
/// The last of them, without the end of the line.
[[nodiscard]] std::string verdict(const client::report& of);

}  // namespace hawser::swarm_program
