// swarm_state: what the clients of a swarm have in common while it runs.
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

namespace hawser::swarm {

class swarm_client;

struct swarm_state {
    static constexpr io::time_point never = io::time_point::max();

    plan settings;
    swarm_events* watcher = nullptr;
    swarm::part part;
    report totals;
    std::uint32_t connected = 0;
    io::time_point begun_at{};
    io::time_point measured_from{};
    io::time_point due_until = never;           // no request is due from then on
    io::time_point ends_at = never;             // and none is sent from then on, however overdue
    io::time_point first_sent_at = never;
    io::time_point last_answer_at{};
    io::time_point stopped_at = never;          // by stop()
    std::optional<payload_source> payloads;     // one block for all
    std::vector<std::unique_ptr<swarm_client>>* members = nullptr;   // during run(), which owns them
    std::stop_source stopping;                  // of dials that are under way
    io::duration busy_before{};                 // processor time of the thread, at the begin
    timeline::slice* slice = nullptr;           // of now
    io::time_point slice_ends_at{};

    void begin();
    /// To be called when time has passed, before something is counted.
    void now_is(io::time_point now);
    /// Until now. When a client has its last answer, not later: then it only waits for the server to close.
    void note_busy();
    void error(const std::string& what);
    /// What was due before then and has not been sent; during run().
    [[nodiscard]] unsent_requests unsent(io::time_point due_before) const;
    /// Of what is measured; 0 if the plan does not say.
    [[nodiscard]] double planned_seconds() const;
};

}  // namespace hawser::swarm
