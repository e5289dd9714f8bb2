// load_text: parses --rate and --arrivals.
//
//   swarm::load_shape ramp = parse_load("0..5000:30s,5000");
//   swarm::arrivals bursts = parse_arrivals("bursts:100");
#pragma once

#include <hawser/swarm/pace.hpp>

#include <string_view>

namespace hawser::swarm_program {

/// RATE[..RATE][:TIME], and more of them after commas: requests a second, or from one rate evenly to another, for so
/// long. Throws std::invalid_argument, with one line that says what is wrong.
[[nodiscard]] swarm::load_shape parse_load(std::string_view text);

/// "even", "poisson" or "bursts:N". Throws std::invalid_argument as well.
[[nodiscard]] swarm::arrivals parse_arrivals(std::string_view text);

}   // namespace hawser::swarm_program
