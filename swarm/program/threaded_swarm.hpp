// threaded_swarm: runs a plan on several threads. Each thread has a swarm with its part of the clients.
//
//   threaded_swarm load(plan, 4, nullptr, [&] { context.stop(); });
//   load.start();                        // returns at once
//   load.take_snapshot();                // on this thread, while the load runs
//   swarm::report report = load.join();
//
// Invariant: no thread is left when it is destroyed.
#pragma once

#include <hawser/swarm/swarm.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// What there is to see of a run while it goes on.
struct snapshot {
    swarm::counters counters;   ///< missing: those given up; unsent: those overdue
    std::map<std::string, std::uint64_t> errors_by_kind;
    std::uint32_t connected = 0;
    /// Of answers in the newest two slices of the timeline.
    swarm::histogram latency{swarm::histogram::precision::coarse};

    [[nodiscard]] std::uint64_t in_flight() const noexcept {
        return counters.sent - counters.acked - counters.wrong - counters.missing;
    }
};

class threaded_swarm {
public:
    /// `watcher` may be null; all threads call it, never two at once. `when_done` is called when the last thread has
    /// nothing more to do, on that thread. Throws what swarm::swarm throws.
    threaded_swarm(const swarm::plan& plan, std::uint32_t threads, swarm::swarm_events* watcher,
                   std::function<void()> when_done);
    threaded_swarm(const threaded_swarm&) = delete;
    threaded_swarm& operator=(const threaded_swarm&) = delete;
    /// Ends all threads at once.
    ~threaded_swarm();

    void start();
    /// See swarm::swarm::stop().
    void stop();
    /// Ends all threads at once, without waiting for answers.
    void abandon();
    /// Some tenths of a second old; the count of overdue requests is older if a thread has more than 20,000 clients.
    [[nodiscard]] snapshot take_snapshot() const;
    /// Waits for all threads, and throws what one of them threw.
    [[nodiscard]] swarm::report join();

private:
    class worker;
    class serialized_events;

    std::unique_ptr<serialized_events> watcher_;
    std::vector<std::unique_ptr<worker>> workers_;
};

}   // namespace hawser::swarm_program
