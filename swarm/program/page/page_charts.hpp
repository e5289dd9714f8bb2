// page_charts: the charts of a page.
//
//   html += rate_picture(kept) + latency_picture(kept);
//
// Each is an SVG, or a sentence that says why there is none.
#pragma once

#include "../results/recording.hpp"

#include <string>

namespace hawser::swarm_program {

/// Sent, acked, failed over time.
[[nodiscard]] std::string rate_picture(const recording& run);
/// Percentiles over time.
[[nodiscard]] std::string latency_picture(const recording& run);
/// Latency by percentile, of both latencies if there are two.
[[nodiscard]] std::string percentile_picture(const recording& run);
/// How many answers took how long.
[[nodiscard]] std::string histogram_picture(const recording& run);

}   // namespace hawser::swarm_program
