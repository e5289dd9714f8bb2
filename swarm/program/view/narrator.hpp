// narrator: writes a line to standard output for each step of each client.
#pragma once

#include <hawser/swarm/swarm.hpp>

namespace hawser::swarm_program {

class narrator final : public swarm::swarm_events {
public:
    void dialed(std::uint32_t client) override;
    void sent(std::uint32_t client, bytes body, std::size_t frame_length) override;
    void answered(std::uint32_t client, bytes body, swarm::ledger::verdict verdict) override;
    void exited(std::uint32_t client, const std::string& why) override;
};

}   // namespace hawser::swarm_program
