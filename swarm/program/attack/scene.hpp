// scene: what all attackers of one attack have in common. Made for each attack, and not changed while it goes on.
//
//   scene at(settings, plan, requests);
//   const std::string why_not = what.prepare(at);        // makes at.shot, if the attack has one
#pragma once

#include <hawser/swarm/code_name.hpp>
#include <hawser/swarm/swarm.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// What a server has to do about an attack.
enum class duty : unsigned char {
    close,     ///< each of its connections has to be ended within a time
    answer,    ///< it is legal, and every request has to be answered
    survive,   ///< nothing: it may close them or not
};

/// What --attack and its options say.
struct attack_settings {
    std::vector<std::string> names;                            ///< none: no attack
    std::uint32_t attackers = 50;                              ///< connections at a time
    bool has_attackers = false;                                ///< somebody has said so
    io::duration attack_time = std::chrono::seconds(10);       ///< of an attack that does not end by itself
    /// The longest limit of our server is 30 s by default (--frame-timeout, --write-stall-timeout), and a busy one may be late.
    io::duration closed_within = std::chrono::seconds(35);
    std::optional<io::duration> p99_within = {};               ///< of the good clients; none: by what it is without an attack
    std::optional<std::uint32_t> pid = {};                     ///< of the server, if it runs on this machine
    bool is_told_how = false;                                  ///< by any of the above but the names
};

struct scene {
    const attack_settings& settings;
    const swarm::plan& plan;
    duty server_must = duty::survive;
    std::optional<swarm::payload_source> payloads = {};   ///< of legal requests; none: code names
    byte_buffer shot = {};                                 ///< what every attacker sends, as it goes on the wire

    /// How long an attacker waits to be closed, from when the server could first know better.
    [[nodiscard]] io::duration patience() const noexcept {
        return server_must == duty::close ? settings.closed_within : settings.attack_time;
    }
};

}  // namespace hawser::swarm_program
