#include "readable.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <locale>
#include <sstream>

namespace hawser::swarm_program {

std::string readable(std::chrono::duration<double> took, int digits) {
    const double us = took.count() * 1e6;
    if (us < 999.5) return readable(us, digits) + " us";
    if (us < 999.5e3) return readable(us / 1e3, digits) + " ms";
    return readable(us / 1e6, digits) + " s";
}

namespace {

int digits_before_the_point(double number) { return number < 1 ? 1 : static_cast<int>(std::log10(number)) + 1; }

}   // namespace

// Never as 1e+03: rounded first, because that may be what makes it a digit longer.
std::string readable(double number, int digits) {
    const double scale = std::pow(10, std::max(0, digits - digits_before_the_point(number)));
    const double rounded = number < 1 ? number : std::round(number * scale) / scale;
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << std::setprecision(std::max(digits, digits_before_the_point(rounded))) << rounded;
    return text.str();
}

}   // namespace hawser::swarm_program
