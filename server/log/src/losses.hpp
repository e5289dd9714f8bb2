// losses: lines of the log that were not written. What dropped() says.
#pragma once

#include <cstddef>

namespace hawser::inline v0::log {

/// Any thread.
void note_lost(std::size_t lines) noexcept;

}   // namespace hawser::log
