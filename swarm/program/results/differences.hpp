// differences: what makes two runs hard to compare, a line each: different options or machines, or a load generator
// that was the limit.
//
//   for (const std::string& one : differences(before, after)) std::cout << one << '\n';
//
// "the plans differ: --rate 1000 and 2000, --window not given and 64". Options about what is shown or kept do not
// count.
#pragma once

#include "recording.hpp"

#include <string>
#include <vector>

namespace hawser::swarm_program {

[[nodiscard]] std::vector<std::string> differences(const recording& before, const recording& after);

}   // namespace hawser::swarm_program
