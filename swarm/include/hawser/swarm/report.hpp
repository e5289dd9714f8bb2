// report: what became of the requests of a swarm. sent = acked + wrong + missing; planned = sent + unsent.
//
//   swarm::report report = co_await swarm.run();
//   report.merge(of_the_other_thread);
//   if (!report.good()) std::cerr << report.first_error << '\n';
#pragma once

#include <hawser/swarm/histogram.hpp>
#include <hawser/swarm/timeline.hpp>
#include <hawser/swarm/unsent.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace hawser::inline v0::swarm {

/// Requests, answers and bytes, counted.
struct counters {
    std::uint64_t sent = 0;
    unsent_requests unsent = {};   ///< planned by rate or count, and never sent
    std::uint64_t acked = 0;
    std::uint64_t missing = 0;       ///< not answered in time, or before the connection ended
    std::uint64_t duplicate = 0;     ///< second and further answers to a request
    std::uint64_t wrong = 0;         ///< answers with another result than 0, or without what they had to echo
    std::uint64_t unknown = 0;       ///< answers to nothing that was sent on their connection
    std::uint64_t late = 0;          ///< answers to requests that were missing by then
    std::uint64_t ignored = 0;       ///< frames that are no answers by the plan
    std::uint64_t errors = 0;        ///< connections that could not be made or were lost, and malformed packets
    std::uint64_t connections = 0;   ///< made
    std::uint64_t measured = 0;      ///< acked, and due after the warm-up: rates and latencies are of these

    void merge(const counters& other) noexcept;   ///< adds what another one counted
    /// Everything but good answers and what was not sent.
    [[nodiscard]] std::uint64_t failed() const noexcept {
        return missing + duplicate + wrong + unknown + late + errors;
    }
};

/// All that is known of a run, so it has many members.
struct report : counters {
    /// More kinds of errors than this are counted together, as "others".
    static constexpr std::size_t most_kinds = 32;
    /// With fewer answers there is no rate: it would be that of a few instants.
    static constexpr std::uint64_t fewest_for_a_rate = 10;
    /// A thread that is busy for more than this share of the time has none left.
    static constexpr double no_time_left = 0.95;

    std::map<std::string, std::uint64_t> errors_by_kind;   ///< the message, and how often
    std::string first_error;                               ///< its message
    bool interrupted = false;                              ///< stop() ended it before the plan did
    bool unsent_allowed = false;       ///< requests that were not sent are no failure: --expect says how many may be
    double measured_from = 0;          ///< seconds from the beginning to the first of the measured requests
    double seconds = 0;                ///< from then to the last of their answers; 0: nothing was measured
    double planned_seconds = 0;        ///< of the measured part of the plan; 0: the run ends with its last answer
    double busy = 0;                   ///< share of the time, warm-up included, in which the
                                       ///< swarm's thread had a processor
    histogram latency;                 ///< from sending to the answer
    histogram latency_from_schedule;   ///< from when the request should have been sent; empty without a rate
    timeline over_time;                ///< warm-up included

    /// Counts an error.
    void error(const std::string& message);
    /// Adds another part of the same run, or a run that began at the same time: rates add up.
    void merge(const report& other);

    /// Every request of the plan was sent and had exactly one good answer, something was measured, and nothing went
    /// wrong.
    [[nodiscard]] bool good() const noexcept;
    /// Over the planned time, even if the last answer came sooner; over more, if overdue requests took longer. None:
    /// too few were measured.
    [[nodiscard]] std::optional<double> requests_per_second() const noexcept;
    /// A thread of the swarm had no time left: more threads, or a faster machine, would have asked the server for more.
    /// False for runs of less than half a second, in which connecting is most of the work.
    [[nodiscard]] bool load_was_the_limit() const noexcept { return busy > no_time_left && seconds > 0.5; }
    /// With a rate, from when requests should have been sent: a server that stalls delays also the requests that could
    /// not be sent.
    [[nodiscard]] const histogram& honest_latency() const noexcept;
};

}   // namespace hawser::swarm
