#include <hawser/server/memory_plan.hpp>

#include <hawser/bytes.hpp>
#include <hawser/io/memory_budget.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>

namespace hawser::inline v0::server {

namespace {

// "1.5 MiB".
std::string size_text(std::size_t bytes) {
    constexpr std::array units{"bytes", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
    std::array<char, 32> digits{};   // not by printf, which would take the point of the program's locale
    const auto end =
        std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed, unit == 0 ? 0 : 1).ptr;
    return std::string(digits.begin(), end) + " " + units[unit];
}

// What is too much for a number is more than there is of anything.
constexpr std::size_t beyond = std::numeric_limits<std::size_t>::max();

constexpr std::size_t plus(std::size_t one, std::size_t other) noexcept {
    return one > beyond - other ? beyond : one + other;
}

constexpr std::size_t times(std::size_t count, std::size_t each) noexcept {
    return each != 0 && count > beyond / each ? beyond : count * each;
}

// While a frame arrives its buffer grows, and moves.
constexpr std::size_t one_frame(std::size_t max_frame) noexcept {
    return times(2, std::max(max_frame, io::memory_account::step));
}

}   // namespace

std::size_t memory_plan::needed(std::size_t max_frame) const noexcept {
    return plus(plus(fixed(), of_connections()), one_frame(max_frame));
}

std::size_t memory_plan::connections_within(std::size_t max_frame) const noexcept {
    const std::size_t half = budget / 2;   // the other half is for what they do
    const std::size_t for_others = plus(fixed(), one_frame(max_frame));
    const std::size_t left = budget > for_others ? budget - for_others : 0;
    return std::min(half, left) / per_connection;
}

std::size_t memory_plan::threads_within(std::size_t max_frame) const noexcept {
    const std::size_t for_others = plus(plus(of_program, of_connections()), one_frame(max_frame));
    const std::size_t left = budget - std::min(budget, for_others);
    const std::size_t three_quarters = budget - budget / 4;
    return std::min(left, three_quarters - std::min(three_quarters, of_program)) / of_thread;
}

std::size_t memory_plan::fixed() const noexcept { return plus(of_program, times(threads, of_thread)); }

std::size_t memory_plan::of_connections() const noexcept { return times(connections, per_connection); }

std::size_t memory_plan::pool() const noexcept { return budget - std::min(budget, plus(fixed(), of_connections())); }

void memory_plan::check(std::size_t max_frame, bool connections_were_asked_for) const {
    if (max_frame > byte_buffer::most)
        throw std::invalid_argument("frames of " + size_text(max_frame) +
                                    " are too long: a buffer holds less than 4 GiB");
    if (budget >= needed(max_frame)) return;
    const std::string of_them = connections_were_asked_for ? std::to_string(connections) + " connections of " +
                                                                 size_text(per_connection) + ", "
                                                           : "";
    throw std::invalid_argument(size_text(needed(max_frame)) + " of memory are needed, and there are " +
                                size_text(budget) + ": " + size_text(fixed()) + " fixed, " + of_them + "and " +
                                size_text(one_frame(max_frame)) + " for one frame of " + size_text(max_frame) +
                                " while it arrives");
}

std::string memory_plan::text() const {
    return size_text(budget) + " = " + size_text(fixed()) + " fixed + " + std::to_string(connections) +
           " connections x " + size_text(per_connection) + " + " + size_text(pool()) + " for what peers can make grow";
}
}   // namespace hawser::server
