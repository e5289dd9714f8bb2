// swarm_state: what all clients of a swarm share while it runs. It is the whole state of a run, so it has many members.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/swarm/code_name.hpp>
#include <hawser/swarm/swarm.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace hawser::inline v0::swarm {

class swarm_client;

struct swarm_state {
    static constexpr io::time_point never = io::time_point::max();

    hawser::swarm::plan plan;
    swarm_events* watcher = nullptr;
    swarm::part part;
    report totals;
    std::uint32_t connected = 0;
    io::time_point begun_at{};
    io::time_point measured_from{};
    io::time_point due_until = never;   // no request is due from then on
    io::time_point ends_at = never;     // no request is sent from then on, even if it is overdue
    io::time_point first_sent_at = never;
    io::time_point last_answer_at{};
    io::time_point stopped_at = never;        // when stop() was called
    std::optional<payload_source> payloads;   // one for all clients
    // Of run(), which owns them; null before and after it.
    std::vector<std::unique_ptr<swarm_client>>* clients = nullptr;
    std::stop_source stopping;          // ends dials
    io::duration busy_before{};         // processor time of the thread when it began
    timeline::slice* slice = nullptr;   // the current one
    io::time_point slice_ends_at{};

    void begin();
    /// Makes the slice of `now` the current one. To be called when time has passed, before something is counted.
    void advance(io::time_point now);
    /// Keeps how busy the thread was until now. To be called when a client has its last answer: after that it only
    /// waits for the server to close.
    void note_busy();
    void error(const std::string& message);
    /// What was due before then and was not sent. Only during run().
    [[nodiscard]] unsent_requests unsent(io::time_point due_before) const;
    /// How long the plan measures; 0 if it does not say.
    [[nodiscard]] double planned_seconds() const;
};

}   // namespace hawser::swarm
