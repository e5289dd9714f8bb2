// failures: what went wrong with the requests of a run, by kind. The summary and the live view show the same list.
//
//   for (const failure& one : failures(report)) std::cout << one.count << ' ' << one.kind << '\n';
#pragma once

#include <hawser/swarm/report.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace hawser::swarm_program {

struct failure {
    std::string_view kind;   ///< "missing"
    std::uint64_t count;
};

/// The kinds that there were, at least once each. Not the errors of connections and packets: report::errors_by_kind has
/// their kinds.
[[nodiscard]] std::vector<failure> failures(const swarm::counters& counters);

}   // namespace hawser::swarm_program
