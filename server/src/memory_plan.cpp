#include <hawser/server/memory_plan.hpp>

#include <hawser/io/memory_budget.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace hawser::server {

namespace {

// "1.5 MiB".
std::string size_text(std::size_t bytes) {
    constexpr std::array units{"bytes", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text.data();
}

// More than there are descriptors anywhere, and so few that multiplying them is safe.
constexpr std::size_t most_connections = std::size_t{1} << 40;

}  // namespace

std::size_t memory_plan::connections_within(std::size_t max_frame) const noexcept {
    const std::size_t half = budget / 2;   // the other half is for what they do
    const std::size_t for_others = fixed() + 2 * std::max(max_frame, io::memory_account::step);
    const std::size_t left = budget > for_others ? budget - for_others : 0;
    return std::min(half, left) / per_connection;
}

void memory_plan::check(std::size_t max_frame) const {
    // While a frame arrives its buffer grows to twice of it, and moves.
    const std::size_t one_frame = 2 * std::max(max_frame, io::memory_account::step);
    const std::size_t needed = fixed() + std::min(connections, most_connections) * per_connection + one_frame;
    if (budget >= needed) return;
    throw std::invalid_argument("memory_budget is " + size_text(budget) + ", but " + size_text(needed) + " are needed: " +
                                size_text(fixed()) + " fixed, " + std::to_string(connections) + " connections of " +
                                size_text(per_connection) + ", and " + size_text(one_frame) + " for one frame of " +
                                size_text(max_frame) + " while it arrives");
}

std::string memory_plan::text() const {
    return size_text(budget) + " = " + size_text(fixed()) + " fixed + " + std::to_string(connections) + " connections x " +
           size_text(per_connection) + " + " + size_text(pool()) + " for what peers can make grow";
}

std::size_t default_memory_budget() { return io::available_memory() / 4; }

}  // namespace hawser::server
