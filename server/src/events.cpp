#include <hawser/server/events.hpp>

#include <algorithm>

namespace hawser::inline v0::server {

stream_position::stream_position(std::uint64_t at, bytes what) noexcept
    : offset(at), window_size(std::min(what.size(), window.size())) {
    std::ranges::copy(what.first(window_size), window.begin());
}

bool ending::is_breach() const noexcept { return why == condition::invalid || why == hawser::errc::too_long; }

std::string ending::text() const {
    std::string line = why ? why.message() : "served";
    if (!detail.empty()) line += ": " + escaped(as_bytes(detail), 200);
    if (where) {
        const bytes seen = bytes(where->window).first(where->window_size);
        line += " (offset " + std::to_string(where->offset) + ", bytes " + to_hex(seen) + ")";
    }
    return line;
}

bool events::start_failed(const std::string&) { return false; }
void events::planned(const memory_plan&) {}
void events::listening(const std::vector<std::string>&, const std::vector<std::uint16_t>&) {}
void events::opened(const peer&) {}
void events::closed(const peer&, const ending&) {}
void events::refused(const io::endpoint&, const error_code&) {}
void events::datagram_failed(const io::endpoint&, const std::string&) {}
void events::accept_failed(const error_code&, io::duration) {}
void events::stopping(std::size_t) {}
void events::stuck(const std::string&) {}
void events::stopped(const report&) {}

}   // namespace hawser::server
