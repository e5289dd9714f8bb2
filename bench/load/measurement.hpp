// measurement: what one run has seen, in the measured seconds and at its end.
//
// Invariant: is_good() only if every request that was begun was acknowledged, each with its own id, in
// order, on its connection.
#pragma once

#include <hawser/swarm/histogram.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bench {

struct measurement {
    double seconds = 0;           // the measured ones
    std::uint64_t requests = 0;   // begun in these
    std::uint64_t acks = 0;       // came in these
    std::uint64_t wrong = 0;      // connections on which something else came; from here on: of the whole run
    std::uint64_t missing = 0;    // requests without an ack
    std::uint64_t errors = 0;     // connections that ended before we did
    hawser::swarm::histogram latency;
    double load_cpu_seconds = 0;                     // our own, user and system, in the measured seconds
    std::optional<double> server_cpu_seconds = {};   // the same of the server

    [[nodiscard]] bool is_good() const noexcept { return wrong == 0 && missing == 0 && errors == 0 && acks > 0; }
    /// One line; `frame_size` is that of a request.
    [[nodiscard]] std::string json(std::size_t frame_size) const;
};

/// User and system seconds that a process has used; none if it is not there.
[[nodiscard]] std::optional<double> cpu_seconds(int process);

}   // namespace bench
