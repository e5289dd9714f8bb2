#include <tools/quantity.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace hawser::tools {

namespace {

// Digits with at most one point; std::from_chars alone would take "inf", "1e9" and "-1" too.
std::optional<double> parse_decimal(std::string_view text) noexcept {
    if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}   // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<io::duration> parse_duration(std::string_view text) noexcept {
    if (text == "0") return io::duration::zero();
    constexpr std::array<std::pair<std::string_view, double>, 5> units = {
        {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}}};
    for (const auto& [unit, seconds] : units) {
        if (!text.ends_with(unit)) continue;
        const std::optional<double> number = parse_decimal(text.substr(0, text.size() - unit.size()));
        constexpr double longest = 1e9;   // 31 years: far from where a duration overflows
        if (!number || *number * seconds > longest) return std::nullopt;
        const auto parsed = std::chrono::duration_cast<io::duration>(std::chrono::duration<double>(*number * seconds));
        // Too little for the clock is refused: rounded to 0 it would turn a time-out off.
        return *number > 0 && parsed == io::duration::zero() ? std::nullopt : std::optional(parsed);
    }
    return std::nullopt;
}

io::duration duration_of(const std::string& text) {
    const std::optional<io::duration> parsed = parse_duration(text);
    if (!parsed)
        throw std::invalid_argument("'" + text + "' is no duration: a number and " + std::string(duration_units) +
                                    ", as in 1.5s");
    return *parsed;
}

std::size_t size_of(const std::string& text) {
    const std::optional<std::size_t> parsed = parse_size(text);
    if (!parsed)
        throw std::invalid_argument("'" + text + "' is no size: a number of bytes, or of KiB, MiB or GiB, as in 64KiB");
    return *parsed;
}

std::optional<double> parse_rate(std::string_view text) noexcept {
    const std::optional<double> value = parse_decimal(text);
    return value && *value > 0 && std::isfinite(*value) ? value : std::nullopt;
}

}   // namespace hawser::tools
