// campaign: runs one attack after the other on one server, while a small good load measures what honest clients feel.
//
//   campaign attacks(options, plan, std::cerr);
//   co_await attacks.run();                        // attacks.stop() ends it soon
//   text_table(attacks.results(), attacks.baseline());
//
// First it runs the good clients alone. For each attack it runs the good clients and the attackers, and afterwards
// checks whether the server serves a new client and has given back its memory. It ends early if an attack leaves a
// server that serves nobody. To be used on one thread; the attackers have another.
#pragma once

#include "attack_result.hpp"
#include "server_process.hpp"

#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace hawser::swarm_program {

class campaign {
public:
    /// Writes its progress to `log`. The plan's clients and rate are the good load. All must outlive it.
    campaign(const attack_options& options, const swarm::plan& plan, std::ostream& log);

    [[nodiscard]] io::task<void> run();
    void stop();

    /// One for each attack that was asked for; complete once run() has returned.
    [[nodiscard]] const std::vector<attack_result>& results() const noexcept { return results_; }
    [[nodiscard]] const swarm_program::baseline& baseline() const noexcept { return baseline_; }
    /// Why no attack was begun; "" if one was.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
    [[nodiscard]] swarm::plan good_plan() const;
    [[nodiscard]] io::task<void> run_good_clients(swarm::swarm& load, good_clients& into);
    [[nodiscard]] io::task<std::string> try_newcomer();
    io::task<void> measure_baseline();
    io::task<void> run_attack(attack_result& result);
    io::task<void> play(attack_result& result, const attack_setup& setup);
    io::task<void> wait_for(attacker_thread& attackers, attack_result& result);
    io::task<void> send_newcomers(attack_result& result, std::stop_token until);
    io::task<void> watch_memory(attack_result& result, std::stop_token until);
    io::task<void> check_afterwards(attack_result& result);
    [[nodiscard]] std::optional<std::size_t> resident_memory() const;

    const attack_options& options_;
    const swarm::plan& plan_;
    std::ostream& log_;
    std::optional<server_process> server_;   // if --pid was given
    std::vector<attack_result> results_;
    swarm_program::baseline baseline_;
    std::string trouble_;
    std::stop_source stop_;
    swarm::swarm* load_ = nullptr;       // while it runs
    swarm::swarm* newcomer_ = nullptr;   // while it is served
};

}   // namespace hawser::swarm_program
