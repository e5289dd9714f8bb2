// row: what came of one attack, and whether that is good enough.
//
//   judge(one, alone);       // fills in verdict and why
//
// Pure: what is measured goes in, the verdict comes out.
#pragma once

#include "crowd.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

/// What an honest client feels.
struct good_clients {
    swarm::report report = {};
    std::uint32_t newcomers = 0;   ///< who each connected and asked once
    std::uint32_t served = 0;      ///< of them

    [[nodiscard]] bool has_p99() const noexcept { return report.latency_from_schedule.count() > 0; }
    [[nodiscard]] io::duration p99() const noexcept { return report.latency_from_schedule.percentile(0.99); }
    /// How long the first request of those that the server kept from being sent had waited in the end; no latency knows of them.
    [[nodiscard]] io::duration longest_unsent() const noexcept;
    /// What went wrong, in words; "" if everybody was served and every request was answered well, once.
    [[nodiscard]] std::string trouble() const;
};

/// The server before the first attack.
struct baseline {
    io::duration p99{};                              ///< of the good clients
    std::optional<std::size_t> memory = {};          ///< bytes; none: nobody said which process it is
    std::optional<io::duration> p99_within = {};     ///< what the user says is good enough
    std::uint32_t attackers = 0;                     ///< that there will be at a time
    /// More than this, some time after an attack before which there was so much, is memory that does not return.
    [[nodiscard]] std::size_t memory_bound(std::optional<std::size_t> before) const noexcept;
    [[nodiscard]] io::duration p99_bound() const noexcept;
};

enum class verdict : unsigned char { not_run, not_applicable, interrupted, failed, passed };
[[nodiscard]] std::string_view text_of(verdict which) noexcept;

struct row {
    const attack* what = nullptr;
    duty server_must = duty::survive;
    io::duration closed_within{};
    verdict is = verdict::not_run;
    std::vector<std::string> why = {};         ///< for a failure: all reasons; for what is not applicable: the one
    tally attackers = {};
    good_clients good = {};
    io::duration own_pause{};                  ///< that the thread of the good clients had no processor, at most
    bool is_up = false;                        ///< afterwards a new client was served
    std::string trouble = {};                  ///< why it was not
    std::optional<std::size_t> before = {};    ///< bytes of memory, when it began
    std::optional<std::size_t> peak = {};      ///< during it
    std::optional<std::size_t> after = {};     ///< and when it had had time to return
};

void judge(row& one, const baseline& alone);

}  // namespace hawser::swarm_program
