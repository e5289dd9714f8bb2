// page_charts: what a run looked like, as pictures.
//
//   html += rate_picture(kept) + latency_picture(kept);
//
// Each is an SVG, or a sentence that says why there is none.
#pragma once

#include "../results/recording.hpp"

#include <string>

namespace hawser::swarm_program {

/// Sent, acked, failed over time.
[[nodiscard]] std::string rate_picture(const recording& of);
/// Percentiles over time.
[[nodiscard]] std::string latency_picture(const recording& of);
/// Latency by percentile, of both latencies if there are two.
[[nodiscard]] std::string percentile_picture(const recording& of);
/// How many answers took how long.
[[nodiscard]] std::string histogram_picture(const recording& of);

}  // namespace hawser::swarm_program
