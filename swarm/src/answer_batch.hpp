// answer_batch: counts the answers of one client in the report of the swarm.
//
//   batch.add(requests.settle(answer, body, read_at), read_at);   // for each answer that one read brought
//   batch.count(read_at);
//
// Requests that left together and whose answers came together have the same outcome and took the same time. So the
// report is not touched for each answer, but once for all that are the same.
#pragma once

#include "swarm_state.hpp"

#include <hawser/swarm/ledger.hpp>

#include <cstdint>

namespace hawser::inline v0::swarm {

class answer_batch {
public:
    /// With a rate, latencies also count from when requests should have been sent.
    answer_batch(swarm_state& state, bool has_rate) noexcept : state_(state), has_rate_(has_rate) {}

    void add(const ledger::settled& answer, io::time_point read_at) {
        if (answer != same_) count(read_at);
        same_ = answer;
        ++times_;
    }
    /// What was added is in the report now.
    void count(io::time_point read_at);

private:
    swarm_state& state_;
    bool has_rate_;
    ledger::settled same_{};    // what all of the batch are
    std::uint64_t times_ = 0;   // how many they are
};

}   // namespace hawser::swarm
