#include "readable.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace hawser::swarm_program {

std::string readable(std::chrono::duration<double> took, int digits) {
    const double us = took.count() * 1e6;
    if (us < 999.5) return readable(us, digits) + " us";
    if (us < 999.5e3) return readable(us / 1e3, digits) + " ms";
    return readable(us / 1e6, digits) + " s";
}

// Never as 1e+03.
std::string readable(double number, int digits) {
    const int before_the_point = number < 1 ? 1 : static_cast<int>(std::log10(number)) + 1;
    std::ostringstream text;
    text << std::setprecision(std::max(digits, before_the_point)) << number;
    return text.str();
}

}  // namespace hawser::swarm_program
