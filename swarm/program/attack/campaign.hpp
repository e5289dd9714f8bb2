// campaign: one attack after the other on one server, while a small good load measures what honest clients feel.
//
//   campaign all(settings, plan, std::cerr);
//   co_await all.run();                            // all.stop(): ends soon
//   table(all.rows(), all.alone());
//
// First the good clients alone; then for each attack they and the attackers, and a look at whether the server serves a new
// client and whether its memory has returned. The first attack after which it serves nobody is the last. To be used on one
// thread; the attackers have another.
#pragma once

#include "row.hpp"
#include "server_process.hpp"

#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace hawser::swarm_program {

class campaign {
public:
    /// Tells what it does on `tells`. The plan's clients and rate are the good load. All must outlive it.
    campaign(const attack_settings& settings, const swarm::plan& plan, std::ostream& tells);

    [[nodiscard]] io::task<void> run();
    void stop();

    /// One for each attack that was asked for; complete once run() has returned.
    [[nodiscard]] const std::vector<row>& rows() const noexcept { return rows_; }
    [[nodiscard]] const baseline& alone() const noexcept { return alone_; }
    /// Why no attack was begun; "" if one was.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
    [[nodiscard]] swarm::plan good_plan() const;
    [[nodiscard]] io::task<void> run_good(swarm::swarm& load, good_clients& into);
    [[nodiscard]] io::task<std::string> serve_one();
    io::task<void> look_alone();
    io::task<void> attack_once(row& one);
    io::task<void> play(row& one, const scene& at);
    io::task<void> wait_for(crowd& attackers, row& into);
    io::task<void> send_newcomers(row& into, std::stop_token until);
    io::task<void> watch_memory(row& into, std::stop_token until);
    io::task<void> look_afterwards(row& into);
    [[nodiscard]] std::optional<std::size_t> memory() const;

    const attack_settings& settings_;
    const swarm::plan& plan_;
    std::ostream& tells_;
    std::optional<server_process> server_;   // if it is one of this machine, and was named
    std::vector<row> rows_;
    baseline alone_;
    std::string trouble_;
    std::stop_source stop_;
    swarm::swarm* load_ = nullptr;       // while it runs
    swarm::swarm* newcomer_ = nullptr;   // while it is served
};

}  // namespace hawser::swarm_program
