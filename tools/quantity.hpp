// Quantities as people write them on a command line: counts, durations, rates. (Sizes: hawser/bytes.hpp.)
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
/// "20us", "500ms", "1.5s", "2m"; a bare "0" too, any other number needs its unit. Not what is more than 0 and less than 1 ns.
[[nodiscard]] std::optional<io::duration> parse_duration(std::string_view text) noexcept;
/// A positive decimal number, with or without a fraction.
[[nodiscard]] std::optional<double> parse_rate(std::string_view text) noexcept;

}  // namespace hawser::tools
