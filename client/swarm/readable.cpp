#include "readable.hpp"

#include <cmath>
#include <iomanip>
#include <sstream>

namespace hawser::swarm_program {

std::string readable(std::chrono::duration<double> took) {
    const double us = took.count() * 1e6;
    std::ostringstream text;
    text << std::setprecision(3);
    if (us < 1000) text << us << " us";
    else if (us < 1e6) text << us / 1e3 << " ms";
    else text << us / 1e6 << " s";
    return text.str();
}

std::string readable(double number) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(number < 100 && number != std::floor(number) ? 2 : 0) << number;
    return text.str();
}

}  // namespace hawser::swarm_program
