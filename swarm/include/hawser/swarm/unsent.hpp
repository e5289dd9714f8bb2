// unsent: the requests of a plan that were never sent, and who is to blame for it.
//
//   if (report.unsent.sum() > 0) std::cerr << report.unsent.by_server << " because of the server\n";
//
// A request that waits for room in a window looks the same whoever makes it wait. So what waited there is the generator's if its
// thread had no time to read the answers; the window's if it was too small for the rate even with answers that all come as fast
// as the fastest did; and the server's otherwise. Pure.
#pragma once

#include <cstdint>

namespace hawser::swarm {

/// Requests that were due and not sent, by whose fault that is.
struct unsent_requests {
    std::uint64_t by_server = 0;      ///< no connection, it read nothing, or answered more slowly than it can
    std::uint64_t by_window = 0;      ///< too few in flight for the rate, however good the server
    std::uint64_t by_generator = 0;   ///< its thread had no time

    void merge(const unsent_requests& other) noexcept;   ///< adds what another one counted
    [[nodiscard]] std::uint64_t sum() const noexcept { return by_server + by_window + by_generator; }
    friend bool operator==(const unsent_requests&, const unsent_requests&) = default;
};

/// What is known of a load that had not sent all.
struct load_conditions {
    bool had_time = true;    ///< its thread
    double places = 0;       ///< requests that may be in flight: the windows of all clients
    double rate = 0;         ///< requests a second that were asked for
    double fastest = 0;      ///< seconds of the fastest answers; 0: there were none
};

/// The same with those that waited for room in a window (by_window) where they belong.
[[nodiscard]] unsent_requests blame(unsent_requests waited, const load_conditions& in) noexcept;

}  // namespace hawser::swarm
