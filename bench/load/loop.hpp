// loop: puts load on a server with one thread and one epoll, and measures.
//
//   const measurement seen = bench::run(plan, submits);
//
// Warms up, measures for the planned seconds from the next ack on, then begins nothing more and waits for
// the acks that are still due.
#pragma once

#include "measurement.hpp"
#include "plan.hpp"
#include "work.hpp"

namespace bench {

/// Throws std::system_error if it cannot connect.
[[nodiscard]] measurement run(const bench::plan& plan, const work& submits);

}   // namespace bench
