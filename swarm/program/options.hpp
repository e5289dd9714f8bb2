// options: the command line of hawser-swarm, as a plan and what is to be done with its report.
#pragma once

#include "attack/attack_command.hpp"
#include "expectation.hpp"
#include "messages/answer_rules.hpp"
#include "messages/message.hpp"

#include <hawser/io/address.hpp>
#include <hawser/swarm/plan.hpp>

#include <tools/command_line.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// One member for each option, so there are many.
struct options {
    swarm::plan plan;
    std::uint32_t threads = 1;
    bool quiet = false;
    bool verbose = false;
    bool ends_with_ctrl_c = false;   ///< nothing else ends the run
    std::string json;
    std::string html;
    std::vector<expectation> expected;
    attack_options attack;

    // What was typed, until complete() makes a plan of it.
    std::optional<io::address> connect;
    std::optional<std::size_t> max_frame;
    std::vector<message> messages;
    answer_rules answers;
    std::vector<expected_bytes> ignored;
    std::optional<message> first;
    std::optional<expected_bytes> first_good;
    bool has_clients = false;
    bool has_count = false;
    bool has_arrivals = false;
};

/// The command line that fills `options`, which must outlive it.
[[nodiscard]] tools::command_line describe(options& options);

/// Makes the plan of what was typed. Returns a message if the options make no sense together. Throws
/// std::invalid_argument, as well.
[[nodiscard]] std::optional<std::string> complete(options& options);

}   // namespace hawser::swarm_program
