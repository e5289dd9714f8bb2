#include <hawser/io/whereabouts.hpp>

#include <chrono>
#include <cstdint>
#include <source_location>
#include <string_view>

namespace hawser::inline v0::io {

namespace {

// The compiler's name for a file begins where the source was when it was compiled.
std::string line_of(const std::source_location& where) {
    const std::string_view path = where.file_name();
    return std::string(path.substr(path.rfind('/') + 1)) + ':' + std::to_string(where.line());
}

std::string seconds(std::chrono::nanoseconds time) {
    using tenths = std::chrono::duration<std::int64_t, std::deci>;
    const std::int64_t count = std::chrono::duration_cast<tenths>(time).count();
    return std::to_string(count / 10) + '.' + std::to_string(count % 10) + " s";
}

}   // namespace

std::vector<std::string> waits_of(const chain& of) {
    std::vector<std::string> lines;
    of.visit([&lines](const std::source_location& where) { lines.push_back(line_of(where)); });
    if (!lines.empty()) lines.front() += " (for " + seconds(of.waits_since().ago()) + ')';
    return lines;
}

}   // namespace hawser::io
