// program: hawser-swarm --attack. The options, and what happens with them.
//
//   swarm_program::add_attack_options(line, of.attack);
//   if (!of.attack.names.empty()) return swarm_program::run_attacks(of.attack, of.plan, {of.quiet, of.json}, line);
#pragma once

#include "scene.hpp"

#include <tools/command_line.hpp>

#include <string>

namespace hawser::swarm_program {

/// Where the attacks tell what came of them, besides the table on standard output.
struct attack_output {
    bool quiet = false;   ///< nothing on standard error while it goes on
    std::string json;     ///< the name of a file, or ""
};

void add_attack_options(tools::command_line& line, attack_settings& into);
/// For the end of --help: the attacks, a line each.
[[nodiscard]] std::string attack_help();

/// The exit status.
[[nodiscard]] int run_attacks(const attack_settings& settings, const swarm::plan& plan, const attack_output& output,
                              const tools::command_line& line);

}  // namespace hawser::swarm_program
