// result_commands: the commands for kept results: hawser-swarm merge, hawser-swarm compare.
//
//   if (const auto status = run_result_command(argc, argv)) return *status;
//   if (const auto trouble = write_results(kept, "run.json", "run.html")) return fail(*trouble);
#pragma once

#include "recording.hpp"

#include <optional>
#include <string>

namespace hawser::swarm_program {

/// Runs the command if the first word is one of the two, and returns the exit status; none if it is not.
[[nodiscard]] std::optional<int> run_result_command(int argc, const char* const* argv);

/// Writes a result as JSON and as a page, each where a path is given. Returns which one could not be written, and why;
/// none if all were.
[[nodiscard]] std::optional<std::string> write_results(const recording& run, const std::string& json,
                                                       const std::string& html);

}   // namespace hawser::swarm_program
