// result_commands: what is done with results that are kept: hawser-swarm merge, hawser-swarm compare.
//
//   if (const auto status = run_result_command(argc, argv)) return *status;
//   if (const auto trouble = write_results(kept, "run.json", "run.html")) return fail(*trouble);
#pragma once

#include "recording.hpp"

#include <optional>
#include <string>

namespace hawser::swarm_program {

/// The exit status, if the first word is one of the two; none if it is not, and nothing has happened.
[[nodiscard]] std::optional<int> run_result_command(int argc, const char* const* argv);

/// Writes a result as JSON and as a page, where a path is given; which of them could not be written, and why.
[[nodiscard]] std::optional<std::string> write_results(const recording& of, const std::string& json, const std::string& html);

}  // namespace hawser::swarm_program
