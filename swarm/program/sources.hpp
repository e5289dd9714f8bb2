// sources: the addresses that --source names.
#pragma once

#include <hawser/io/endpoint.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// So many addresses allow for more connections than any machine has memory for.
inline constexpr std::size_t most_sources = 4096;

/// Adds an address, or the first `most_sources` addresses of a block, without the first and the last of an IPv4 block,
/// which are reserved. Throws std::invalid_argument, with one line that says what is wrong.
void add_sources(const std::string& text, std::vector<io::endpoint>& into);

}   // namespace hawser::swarm_program
