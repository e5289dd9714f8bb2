// unsent: the requests of a plan that were never sent, and who is to blame for it.
//
//   if (report.unsent.sum() > 0) std::cerr << report.unsent.by_server << " because of the server\n";
//
// A request that waits for room in the window looks the same whatever makes it wait. So the blame is inferred: the
// generator's, if its thread had no time to read the answers; the window's, if the rate would need more requests in
// flight even if every answer were as fast as the fastest; otherwise the server's. Pure.
#pragma once

#include <cstdint>

namespace hawser::inline v0::swarm {

/// Requests that were due and not sent, by who is to blame.
struct unsent_requests {
    std::uint64_t by_server = 0;      ///< it had no connection, did not read, or answered more slowly than it can
    std::uint64_t by_window = 0;      ///< too few requests may be in flight for the rate, however fast the server
    std::uint64_t by_generator = 0;   ///< its thread had no time

    void merge(const unsent_requests& other) noexcept;   ///< adds what another one counted
    [[nodiscard]] std::uint64_t sum() const noexcept { return by_server + by_window + by_generator; }
    friend bool operator==(const unsent_requests&, const unsent_requests&) = default;
};

/// What the blame is inferred from.
struct load_conditions {
    bool thread_had_time = true;
    double window = 0;    ///< requests that may be in flight, of all clients together
    double rate = 0;      ///< requests a second by the plan
    double fastest = 0;   ///< seconds of the fastest answers; 0: there were none
};

/// Takes all that waited for room in a window (by_window), and gives them to who is to blame.
[[nodiscard]] unsent_requests blame(unsent_requests waited, const load_conditions& conditions) noexcept;

}   // namespace hawser::swarm
