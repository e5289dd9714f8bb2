#include "palette.hpp"

#include <unistd.h>

#include <cstdlib>

namespace hawser::swarm_program {

bool is_terminal(int descriptor) noexcept {
    const char* const kind = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
}

// https://no-color.org: set, and not empty.
palette palette::for_descriptor(int descriptor) noexcept {
    const char* const unwanted = std::getenv("NO_COLOR");
    return palette(is_terminal(descriptor) && (unwanted == nullptr || *unwanted == '\0'));
}

std::string palette::coloured(std::string_view colour, std::string_view text) const {
    if (!coloured_) return std::string(text);
    return std::string(colour).append(text).append("\x1b[0m");
}

}   // namespace hawser::swarm_program
