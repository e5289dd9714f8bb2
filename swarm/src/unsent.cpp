#include <hawser/swarm/unsent.hpp>

#include <utility>

namespace hawser::inline v0::swarm {

void unsent_requests::merge(const unsent_requests& other) noexcept {
    by_server += other.by_server;
    by_window += other.by_window;
    by_generator += other.by_generator;
}

// Little's law: a window lets through window / latency requests a second.
unsent_requests blame(unsent_requests waited, const load_conditions& conditions) noexcept {
    const bool is_too_small = conditions.fastest > 0 && conditions.window < conditions.rate * conditions.fastest;
    if (!conditions.thread_had_time) waited.by_generator += std::exchange(waited.by_window, 0);
    else if (!is_too_small) waited.by_server += std::exchange(waited.by_window, 0);
    return waited;
}

}   // namespace hawser::swarm
