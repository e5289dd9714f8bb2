// timeline: what a load did in each of its seconds, in bounded memory.
//
//   swarm::timeline times;
//   ++times.at(now - begun_at).sent;
//   for (const swarm::timeline::slice& one : times.slices()) plot(one.acked, one.latency.percentile(0.99));
//
// When there are no slices left, each two neighbours become one of twice the width. Pure.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/swarm/histogram.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hawser::inline v0::swarm {

class timeline {
public:
    /// Five minutes of seconds, and more than a chart has columns for; 2.5 MiB.
    static constexpr std::size_t most_slices = 300;

    /// What happened between two instants.
    struct slice {
        std::uint64_t sent = 0;
        std::uint64_t acked = 0;
        /// Everything that went wrong: answers that are wrong, missing, late and so on, and errors.
        std::uint64_t failed = 0;
        /// Of all answers that came in this time; with a rate, from when their requests should have been sent.
        histogram latency{histogram::precision::coarse};

        void merge(const slice& other) noexcept;   ///< adds what another one counted in the same time
    };

    /// The slice of a time since the beginning; makes it, and those before it, if need be. Valid until the next call.
    /// Throws std::bad_alloc.
    [[nodiscard]] slice& at(io::duration since_begin);
    /// Adds another part of the same run, which began at the same time.
    void merge(const timeline& other);
    /// The inverse of width() and slices().
    [[nodiscard]] static timeline from_slices(io::duration width, std::vector<slice> slices);

    [[nodiscard]] io::duration width() const noexcept { return width_; }
    [[nodiscard]] const std::vector<slice>& slices() const noexcept { return slices_; }

private:
    void widen();

    io::duration width_ = std::chrono::seconds(1);
    std::vector<slice> slices_;
};

}   // namespace hawser::swarm
