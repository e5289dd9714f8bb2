// readable: figures for people.
#pragma once

#include <chrono>
#include <string>

namespace hawser::swarm_program {

/// "850 us", "1.25 ms", "2.5 s": three significant digits.
[[nodiscard]] std::string readable(std::chrono::duration<double> took);
/// A count or a rate: a whole number as it is, others with three digits at least.
[[nodiscard]] std::string readable(double number);

}  // namespace hawser::swarm_program
