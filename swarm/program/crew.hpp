// crew: a plan on several threads, each of which has a swarm with its part of the clients.
//
//   crew hands(plan, 4, nullptr, [&] { context.stop(); });
//   hands.start();                        // returns at once
//   hands.look();                         // from this thread, while they work
//   swarm::report report = hands.join();
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

/// What a run looks like just now.
struct glance {
    swarm::counters counters;   ///< missing: those given up; unsent: those overdue
    std::map<std::string, std::uint64_t> errors_by_kind;
    std::uint32_t connected = 0;
    swarm::histogram latency{swarm::histogram::precision::coarse};   ///< of the answers of this slice of the timeline, and the one before

    [[nodiscard]] std::uint64_t in_flight() const noexcept { return counters.sent - counters.acked - counters.wrong - counters.missing; }
};

class crew {
public:
    /// `watcher` may be null; it is called on all the threads, by one at a time. `when_done` is called on one of them, when the last
    /// has ended. Throws what swarm::swarm throws.
    crew(const swarm::plan& plan, std::uint32_t threads, swarm::swarm_events* watcher, std::function<void()> when_done);
    crew(const crew&) = delete;
    crew& operator=(const crew&) = delete;
    /// Ends them at once.
    ~crew();

    void start();
    /// See swarm::swarm::stop().
    void stop();
    /// Ends them at once, with what there is: join() does not wait for answers any more.
    void abandon();
    /// As it was some tenths of a second ago; what is overdue, of more than 20,000 clients on a thread, longer ago.
    [[nodiscard]] glance look() const;
    /// Waits for all, and throws what one of them threw.
    [[nodiscard]] swarm::report join();

private:
    class hand;
    class one_at_a_time;

    std::unique_ptr<one_at_a_time> watcher_;
    std::vector<std::unique_ptr<hand>> hands_;
};

}  // namespace hawser::swarm_program
