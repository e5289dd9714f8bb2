// idle: connections that do nothing, for measuring what one takes in the server.
//
// Each wave opens the connections, has one request answered on each, prints "holding N" and waits for a line on
// standard input. Then it closes them, waits until the server has too, prints "closed N" and waits for a line again.
// The end of the input ends it.
#pragma once

#include "plan.hpp"
#include "work.hpp"

namespace bench {

/// Prints a JSON line at the end; the exit status. Throws std::system_error if it cannot connect.
[[nodiscard]] int hold(const bench::plan& plan, const work& submits);

}   // namespace bench
