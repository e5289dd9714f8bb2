// sources: the addresses that --source names.
#pragma once

#include <hawser/io/endpoint.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// With so many addresses there are more connections than any machine has memory for.
inline constexpr std::size_t most_sources = 4096;

/// An address, or the first `most_sources` of a block; not the first and the last address of an IPv4 block, which nobody may have.
/// Throws std::invalid_argument, with one line that says what is wrong.
void add_sources(const std::string& text, std::vector<io::endpoint>& into);

}  // namespace hawser::swarm_program
