// pair: what one thread that writes and one that reads move over loopback, without any server. The
// reference for large frames.
#pragma once

#include "work.hpp"

namespace bench {

/// Writes whole requests and reads 64 KiB at a time, on two cores if there are two. Prints a
/// JSON line; the exit status.
[[nodiscard]] int move_between_two(double seconds, const work& submits);

}   // namespace bench
