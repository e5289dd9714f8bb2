// quantity: parses counts, durations and rates as people write them on a command line. (Sizes: hawser/bytes.hpp.)
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/io/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::tools {

/// A decimal number, digits only.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text) noexcept;
/// "20us", "500ms", "1.5s", "2m", "24h", or "0"; any other number needs a unit. None for more than 0 and less than 1
/// ns.
[[nodiscard]] std::optional<io::duration> parse_duration(std::string_view text) noexcept;
/// The units, for messages.
inline constexpr std::string_view duration_units = "us, ms, s, m or h";
/// The same, but throws std::invalid_argument, with one line about what is wrong.
[[nodiscard]] io::duration duration_of(const std::string& text);
/// As hawser::parse_size(), but throws std::invalid_argument as well.
[[nodiscard]] std::size_t size_of(const std::string& text);
/// A positive decimal number, with or without a fraction.
[[nodiscard]] std::optional<double> parse_rate(std::string_view text) noexcept;

}   // namespace hawser::tools
