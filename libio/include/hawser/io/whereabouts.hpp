// whereabouts: where the coroutines of a chain wait, as text.
//
//   // "event.cpp:31 (for 1.2 s)", "queue.cpp:88", "server.cpp:140"
//   for (const std::string& line : io::waits_of(chain)) log(line);
#pragma once

#include <hawser/io/coroutine.hpp>

#include <string>
#include <vector>

namespace hawser::inline v0::io {

/// From the innermost outwards the file and line at which each awaits, and in the first how long all of them do. Of a
/// chain that runs: where it waited last.
[[nodiscard]] std::vector<std::string> waits_of(const chain& of);

}   // namespace hawser::io
