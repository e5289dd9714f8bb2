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

namespace hawser::swarm {

/// Requests, answers and bytes, counted.
struct counters {
    std::uint64_t sent = 0;
    unsent_requests unsent = {};     ///< that the plan had: due by its rate, or of its count
    std::uint64_t acked = 0;
    std::uint64_t missing = 0;       ///< not answered in time, or not before the connection ended
    std::uint64_t duplicate = 0;     ///< answered once more
    std::uint64_t wrong = 0;         ///< answered with another result than 0, or not with what it had to bring back
    std::uint64_t unknown = 0;       ///< answers to nothing that was sent on their connection
    std::uint64_t late = 0;          ///< answers to what was missing by then
    std::uint64_t ignored = 0;       ///< frames that the plan says are no answers
    std::uint64_t errors = 0;        ///< connections that could not be made or were lost, and packets that were none
    std::uint64_t connections = 0;   ///< that were made
    std::uint64_t measured = 0;      ///< acked, of what was due after the warm-up: what rates and latencies are about

    void merge(const counters& other) noexcept;   ///< adds what another one counted
    /// Everything that is no good answer.
    [[nodiscard]] std::uint64_t failed() const noexcept { return missing + duplicate + wrong + unknown + late + errors; }
};

struct report : counters {
    /// So many kinds of errors are told apart; the rest are "others".
    static constexpr std::size_t most_kinds = 32;
    /// Of fewer answers there is no rate: it would be that of a few instants.
    static constexpr std::uint64_t fewest_for_a_rate = 10;
    /// From this share of the time on the swarm's thread has none left.
    static constexpr double no_time_left = 0.95;

    std::map<std::string, std::uint64_t> errors_by_kind;   ///< in words, and how many of each
    std::string first_error;           ///< in words
    bool interrupted = false;          ///< stop() ended it before the plan did
    bool unsent_allowed = false;       ///< that some were not sent is no failure: somebody has said how many may be
    double measured_from = 0;          ///< seconds from the beginning to the first of the measured requests
    double seconds = 0;                ///< from there to the last of their answers; 0: nothing was measured
    double planned_seconds = 0;        ///< of measured load, by the plan; 0: it ends with its last answer
    double busy = 0;                   ///< share of the time, warm-up included, for which the swarm's thread had a processor
    histogram latency;                 ///< from sending to the answer
    histogram latency_from_schedule;   ///< from when it should have been sent; filled with `rate` only
    timeline over_time;                ///< warm-up included

    /// Counts one of a kind.
    void error(const std::string& what);
    /// Of another part of the same run, or of a run that began at the same time: rates add up.
    void merge(const report& other);

    /// Every request of the plan was sent and answered well exactly once, something was measured, and nothing else happened.
    [[nodiscard]] bool good() const noexcept;
    /// Over the planned time, however soon the last answer came; over more, if what was overdue took longer. None: too few were measured.
    [[nodiscard]] std::optional<double> requests_per_second() const noexcept;
    /// A thread of the swarm had no time left: with more of them, or on a faster machine, the server would have been asked for more.
    /// Not said of less than half a second, in which connecting is most of the work.
    [[nodiscard]] bool load_was_the_limit() const noexcept { return busy > no_time_left && seconds > 0.5; }
    /// From when requests should have been sent, if they had a rate: a server that stalls delays also those that could not be.
    [[nodiscard]] const histogram& honest_latency() const noexcept;
};

}  // namespace hawser::swarm
