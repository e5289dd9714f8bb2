#include <hawser/swarm/unsent.hpp>

#include <utility>

namespace hawser::swarm {

void unsent_requests::merge(const unsent_requests& other) noexcept {
    by_server += other.by_server;
    by_window += other.by_window;
    by_generator += other.by_generator;
}

// So many places, each of which is free again after the time of an answer, let through places / time requests a second.
unsent_requests blame(unsent_requests waited, const load_conditions& in) noexcept {
    const bool is_too_small = in.fastest > 0 && in.places < in.rate * in.fastest;
    if (!in.had_time) waited.by_generator += std::exchange(waited.by_window, 0);
    else if (!is_too_small) waited.by_server += std::exchange(waited.by_window, 0);
    return waited;
}

}  // namespace hawser::swarm
