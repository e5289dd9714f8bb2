// settings: what a config comes to once its defaults are filled in, and whether it makes sense.
#pragma once

#include <hawser/error.hpp>
#include <hawser/server/config.hpp>
#include <hawser/server/memory_plan.hpp>

#include <cstddef>
#include <string>

namespace hawser::server {

/// Throws std::invalid_argument for a config that makes no sense, with the numbers.
void check(const config& settings);

/// As asked for; else one a processor, and no more than fit beside what was asked for: of memory, of descriptors, of connections.
[[nodiscard]] unsigned threads_of(const config& settings);
[[nodiscard]] std::size_t longest_frame(const config& settings);
/// With so many threads, and as many connections as there are descriptors for now. Throws std::invalid_argument for limits that make
/// no sense, and if there is not enough memory for what was asked for, with the numbers and what to change; defaults alone always fit.
[[nodiscard]] memory_plan plan_of(const config& settings, std::size_t threads);
/// Whether there is a descriptor left for one, when all that a server opens itself is open.
[[nodiscard]] bool has_room_for_a_connection() noexcept;
/// What to change so that a start does not fail again for want of descriptors, ": raise ..."; empty if it failed for another reason.
[[nodiscard]] std::string remedy_of(const error_code& why, const config& settings);

}  // namespace hawser::server
