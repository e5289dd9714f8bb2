// attack_command: hawser-swarm --attack: its options, and the run that they ask for.
//
//   swarm_program::add_attack_options(line, options.attack);
//   if (!options.attack.names.empty())
//       return swarm_program::run_attacks(options.attack, options.plan, {options.quiet, options.json}, line);
#pragma once

#include "attack_setup.hpp"

#include <tools/command_line.hpp>

#include <string>

namespace hawser::swarm_program {

/// Where the results go, besides the table on standard output.
struct attack_output {
    bool quiet = false;   ///< no progress on standard error
    std::string json;     ///< the name of a file, or ""
};

void add_attack_options(tools::command_line& line, attack_options& options);
/// For the end of --help: the attacks, a line each.
[[nodiscard]] std::string attack_help();

/// The exit status.
[[nodiscard]] int run_attacks(const attack_options& options, const swarm::plan& plan, const attack_output& output,
                              const tools::command_line& line);

}   // namespace hawser::swarm_program
