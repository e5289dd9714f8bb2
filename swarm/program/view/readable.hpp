// readable: numbers and times as text for people.
#pragma once

#include <hawser/figures.hpp>

#include <chrono>
#include <string>

namespace hawser::swarm_program {

[[nodiscard]] constexpr double seconds(std::chrono::steady_clock::duration time) {
    return std::chrono::duration<double>(time).count();
}
/// "850 us", "1.25 ms", "2.5 s", with so many significant digits.
[[nodiscard]] std::string readable(std::chrono::duration<double> took, int digits = 3);
/// A count or a rate; a whole number has all of its digits.
[[nodiscard]] std::string readable(double number, int digits = 3);

}   // namespace hawser::swarm_program
