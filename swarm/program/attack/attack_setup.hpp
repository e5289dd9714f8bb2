// attack_setup: what all attackers of one attack share. Made once for each attack, and not changed while it goes on.
//
//   attack_setup setup{.options = options, .plan = plan, .server_must = attack.server_must};
//   const std::string why_not = attack.prepare(setup);        // makes setup.wire_bytes, if the attack has any
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
    close,     ///< it has to end each of the attack's connections within a time
    answer,    ///< the attack is legal: it has to answer every request
    survive,   ///< nothing: it may close the connections or not
};

/// What --attack says, and the options that go with it.
struct attack_options {
    std::vector<std::string> names;                        ///< none: no attack
    std::uint32_t attackers = 50;                          ///< connections at a time
    bool has_attackers = false;                            ///< --attackers was given
    io::duration attack_time = std::chrono::seconds(10);   ///< of an attack that does not end by itself
    /// The longest limit of our server is 30 s by default (--frame-timeout, --write-stall-timeout),
    /// and a busy one may be late.
    io::duration closed_within = std::chrono::seconds(35);
    std::optional<io::duration> p99_within = {};   ///< of the good clients; none: a multiple of
                                                   ///< what it is without an attack
    std::optional<std::uint32_t> pid = {};         ///< of the server, if it runs on this machine
    bool has_details = false;                      ///< any of these options but --attack itself was given
};

struct attack_setup {
    const attack_options& options;
    const swarm::plan& plan;
    duty server_must = duty::survive;
    std::optional<swarm::payload_source> payloads = {};   ///< of legal requests; none: code names
    byte_buffer wire_bytes = {};                          ///< what every attacker of this
                                                          ///< attack sends, framing included

    /// How long an attacker waits to be closed, from when the server could first know better.
    [[nodiscard]] io::duration patience() const noexcept {
        return server_must == duty::close ? options.closed_within : options.attack_time;
    }
};

}   // namespace hawser::swarm_program
