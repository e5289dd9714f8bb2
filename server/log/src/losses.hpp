// losses: lines of the log that were not written. What dropped() says.
#pragma once

#include <cstddef>

namespace hawser::log {

/// Any thread.
void note_lost(std::size_t lines) noexcept;

}   // namespace hawser::log
