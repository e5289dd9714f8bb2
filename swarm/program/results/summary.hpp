// summary: the report of a swarm, for people. (For programs: recording.hpp.)
//
//   sent     465,112    duplicate     0
//   acked    465,110    unknown       0
//   missing        2    late          0
//   wrong          0    errors        1
//   50,012 requests a second over 9.301 s
//   latency             p50       p90       p99     p99.9    p99.99       max
//   from sending     210 us    320 us    1.2 ms    3.4 ms     12 ms     20 ms
//   errors: 1 connection lost: Connection reset by peer
//   not ok: 2 missing, 1 errors (connection lost: Connection reset by peer)
#pragma once

#include "../view/palette.hpp"

#include <hawser/swarm/report.hpp>

#include <string>
#include <vector>

namespace hawser::swarm_program {

/// Lines of at most 80 columns for a terminal. The last one, the verdict, may be longer.
[[nodiscard]] std::string text_summary(const swarm::report& report, const palette& colours = {});
/// Whether all was well, and if not, why; without an end of line.
[[nodiscard]] std::string verdict_line(const swarm::report& report);
/// Why requests were not sent: a line for each that is to blame.
[[nodiscard]] std::vector<std::string> reasons_for_unsent(const swarm::report& report);

}   // namespace hawser::swarm_program
