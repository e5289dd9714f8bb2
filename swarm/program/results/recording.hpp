// recording: a run as it is kept: what came of it, what was asked for, where and when it ran.
//
//   recording kept;
//   kept.processes.push_back(process::now(argc, argv, plan));        // before the run
//   kept.report = run(plan);
//   file << to_json(kept);
//   recording sum = read_recording("one.json");                      // throws std::runtime_error
//   sum.merge(read_recording("other.json"));
//
// What is read is what was written, to the last count; only the share of time that was busy may be rounded in its last digit.
// A file is somebody else's text: whatever it says, reading ends, in bounded memory, with a recording or with one line.
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
    std::string hawser;             ///< version

    [[nodiscard]] static machine here();
    bool operator==(const machine&) const = default;
};

/// A plan's main figures.
struct figures {
    std::uint32_t clients = 0;
    std::uint32_t window = 0;
    std::optional<std::uint64_t> count;          ///< requests of each client
    std::optional<io::duration> interval;        ///< none: there is a rate instead
    io::duration warmup{};
    std::optional<io::duration> sends_for;       ///< warm-up included; none: until `count`
    std::optional<std::uint64_t> payload_size;
    io::duration timeout{};
    std::uint64_t seed = 0;

    [[nodiscard]] static figures of(const swarm::plan& plan);
    [[nodiscard]] bool has_rate() const noexcept { return !interval; }
    bool operator==(const figures&) const = default;
};

/// One run of the program.
struct process {
    std::string run;                             ///< a name that no other run has
    wall_time started;
    std::vector<std::string> options;            ///< as typed
    figures plan;
    machine where;

    /// One that begins now.
    [[nodiscard]] static process now(int argc, const char* const* argv, const swarm::plan& plan);
    bool operator==(const process&) const = default;
};

struct recording {
    swarm::report report;
    std::vector<process> processes;              ///< those whose reports are in the sum; at least one

    /// Of processes that ran at the same time.
    void merge(const recording& other);
    /// Some request had an instant at which it was due, so that latencies count from there.
    [[nodiscard]] bool has_schedule() const noexcept;
    /// What is not measured of the timeline: the warm-up, and connecting.
    [[nodiscard]] io::duration measured_from() const noexcept;
    [[nodiscard]] io::duration warmup() const noexcept;
    /// From the first process that began to the last.
    [[nodiscard]] io::duration apart() const noexcept;
};

/// No file of a run is larger: with every bucket of every histogram in use it would have 12 MiB.
inline constexpr std::size_t longest_recording = std::size_t{16} << 20;
/// No counter, and no sum of them, is larger: what a double still counts exactly, and so whoever reads JSON. It leaves room for
/// adding up as many files as a command line holds.
inline constexpr std::uint64_t most_counted = std::uint64_t{1} << 53;

/// One JSON object, and the end of the line; its keys are in docs/swarm-results.md.
[[nodiscard]] std::string to_json(const recording& of);
/// Throws std::runtime_error: what is wrong with this text.
[[nodiscard]] recording from_json(std::string_view text);
/// Throws std::runtime_error: which file, and what is wrong with it.
[[nodiscard]] recording read_recording(const std::string& path);

}  // namespace hawser::swarm_program
