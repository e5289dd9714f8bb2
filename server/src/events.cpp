#include <hawser/server/events.hpp>

#include <hawser/bytes.hpp>

namespace hawser::server {

bool ending::is_breach() const noexcept {
    return why.failed() && (why == condition::invalid || (why == condition::limit && window_size > 0));
}

std::string ending::text() const {
    std::string line = why ? why.message() : "served";
    if (!detail.empty()) line += ": " + escaped(as_bytes(detail), 200);
    if (is_breach())
        line += " (offset " + std::to_string(offset) + ", bytes " + to_hex(bytes(window).first(window_size)) + ")";
    return line;
}

void events::listening(const std::vector<std::string>&, const std::vector<std::uint16_t>&) {}
void events::opened(const peer&) {}
void events::closed(const peer&, const ending&) {}
void events::accept_failed(const error_code&, io::duration) {}
void events::stopping(std::size_t) {}

}  // namespace hawser::server
