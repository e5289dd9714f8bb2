// recording: a run as it is kept in a file: its report, its plan, and where and when it ran.
//
//   recording run;
//   run.processes.push_back(process::now(argc, argv, plan));        // before it begins
//   run.report = send(plan);
//   file << to_json(run);
//   recording sum = read_recording("one.json");                      // throws std::runtime_error
//   sum.merge(read_recording("other.json"));
//
// Reading gives exactly what was written, but for the last digit of the share of time that was busy. A file may hold
// anything: reading it ends in bounded memory, with a recording or with a message of one line.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/swarm/plan.hpp>
#include <hawser/swarm/report.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::swarm_program {

using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// "2026-11-21T21:49:03.000Z".
[[nodiscard]] std::string to_text(wall_time when);

struct machine {
    std::string cpu;
    std::uint32_t processors = 0;   ///< that the program may use
    std::string kernel;
    std::string hawser;   ///< version

    [[nodiscard]] static machine here();
    bool operator==(const machine&) const = default;
};

/// The main figures of a plan.
struct plan_summary {
    std::uint32_t clients = 0;
    std::uint32_t window = 0;
    std::optional<std::uint64_t> count;     ///< requests of each client
    std::optional<io::duration> interval;   ///< none: there is a rate instead
    io::duration warmup{};
    std::optional<io::duration> sends_for;   ///< warm-up included; none: until `count`
    std::optional<std::uint64_t> payload_size;
    io::duration timeout{};
    std::uint64_t seed = 0;

    [[nodiscard]] static plan_summary from_plan(const swarm::plan& plan);
    [[nodiscard]] bool has_rate() const noexcept { return !interval; }
    bool operator==(const plan_summary&) const = default;
};

/// One run of the program.
struct process {
    std::string run_id;   ///< no other run has the same
    wall_time started;
    std::vector<std::string> options;   ///< as typed
    plan_summary plan;
    swarm_program::machine machine;

    /// A process that begins now.
    [[nodiscard]] static process now(int argc, const char* const* argv, const swarm::plan& plan);
    bool operator==(const process&) const = default;
};

struct recording {
    swarm::report report;
    std::vector<process> processes;   ///< those whose reports are added up here; at least one

    /// Adds a recording of processes that ran at the same time.
    void merge(const recording& other);
    /// A process had a rate, so latencies count from when requests were due.
    [[nodiscard]] bool has_schedule() const noexcept;
    /// When measuring begins on the timeline: after the warm-up, and after connecting.
    [[nodiscard]] io::duration measured_from() const noexcept;
    [[nodiscard]] io::duration warmup() const noexcept;
    /// How long after the first process the last one began.
    [[nodiscard]] io::duration start_spread() const noexcept;
};

/// The longest file that is read: with every bucket of every histogram in use a run has 12 MiB.
inline constexpr std::size_t longest_recording = std::size_t{16} << 20;
/// The largest count that is read, and the largest sum of them: as far as a double, and so every reader of JSON, counts
/// exactly. It leaves room for adding up as many files as a command line holds.
inline constexpr std::uint64_t most_counted = std::uint64_t{1} << 53;

/// One JSON object, and the end of the line; its keys are in docs/swarm-results.md.
[[nodiscard]] std::string to_json(const recording& run);
/// Throws std::runtime_error with a message about what is wrong with the text.
[[nodiscard]] recording from_json(std::string_view text);
/// The same for a file; the message begins with its path.
[[nodiscard]] recording read_recording(const std::string& path);

}   // namespace hawser::swarm_program
