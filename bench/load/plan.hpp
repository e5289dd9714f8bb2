// plan: the load that the options ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace bench {

struct plan {
    std::uint16_t port = 0;
    std::size_t connections = 10;
    std::size_t window = 1;            // requests in flight on each connection; without effect in the open loop
    double seconds = 3;                // measured
    double warmup = 0.5;               // before that
    std::size_t payload = 32;          // bytes
    std::optional<double> rate = {};   // requests a second of all connections: the open loop
    std::optional<int> server = {};    // process whose processor time is read
};

}   // namespace bench
