// attack_result: what was measured during one attack, and whether that is good enough.
//
//   judge(result, baseline);       // fills in verdict and reasons
//
// Pure: it measures nothing itself.
#pragma once

#include "attacker_thread.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// What an honest client feels.
struct good_clients {
    swarm::report report = {};
    std::uint32_t newcomers = 0;   ///< new clients, with one request each
    std::uint32_t served = 0;      ///< how many of the newcomers

    [[nodiscard]] bool has_p99() const noexcept { return report.latency_from_schedule.count() > 0; }
    [[nodiscard]] io::duration p99() const noexcept { return report.latency_from_schedule.percentile(0.99); }
    /// How long the first of the requests that the server kept from being sent had waited in the end: no latency
    /// includes those.
    [[nodiscard]] io::duration longest_unsent() const noexcept;
    /// What went wrong, in words; "" if everybody was served and every request was answered well, once.
    [[nodiscard]] std::string trouble() const;
};

/// The server before the first attack.
struct baseline {
    io::duration p99{};                            ///< of the good clients
    std::optional<std::size_t> memory = {};        ///< bytes; none: --pid was not given
    std::optional<io::duration> p99_within = {};   ///< --p99-within
    std::uint32_t attackers = 0;                   ///< connections of an attack at a time
    /// The most that is allowed some time after an attack that began with `before`: more is memory that does not
    /// return.
    [[nodiscard]] std::size_t memory_bound(std::optional<std::size_t> before) const noexcept;
    [[nodiscard]] io::duration p99_bound() const noexcept;
};

enum class attack_verdict : unsigned char { not_run, not_applicable, interrupted, failed, passed };
[[nodiscard]] std::string_view text_of(attack_verdict which) noexcept;

/// All that was measured of one attack, so it has many members.
struct attack_result {
    const swarm_program::attack* attack = nullptr;
    duty server_must = duty::survive;
    io::duration closed_within{};
    attack_verdict verdict = attack_verdict::not_run;
    std::vector<std::string> reasons = {};   ///< why it failed, or why it is not applicable
    attacker_totals attackers = {};
    good_clients good = {};
    io::duration own_pause{};                        ///< the longest time that the thread of the
                                                     ///< good clients had no processor
    bool is_up = false;                              ///< a new client was served afterwards
    std::string trouble = {};                        ///< why it was not
    std::optional<std::size_t> memory_before = {};   ///< bytes, when the attack began
    std::optional<std::size_t> memory_peak = {};     ///< during the attack
    std::optional<std::size_t> memory_after = {};    ///< some seconds after the attack
};

void judge(attack_result& result, const swarm_program::baseline& baseline);

}   // namespace hawser::swarm_program
