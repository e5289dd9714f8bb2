#include <hawser/server/events.hpp>

#include <hawser/bytes.hpp>

#include <iostream>

namespace hawser::server {

bool ending::is_breach() const noexcept {
    return why == condition::invalid || why == errc::too_long;
}

std::string ending::text() const {
    std::string line = why ? why.message() : "served";
    if (!detail.empty()) line += ": " + escaped(as_bytes(detail), 200);
    if (is_located) {
        const std::string shown = window_size > 0 ? to_hex(bytes(window).first(window_size)) : "none";
        line += " (offset " + std::to_string(offset) + ", bytes " + shown + ")";
    }
    return line;
}

void events::start_failed(const std::string& why) { std::cerr << why << '\n'; }
void events::listening(const std::vector<std::string>&, const std::vector<std::uint16_t>&) {}
void events::opened(const peer&) {}
void events::closed(const peer&, const ending&) {}
void events::accept_failed(const error_code&, io::duration) {}
void events::stopping(std::size_t) {}

}  // namespace hawser::server
