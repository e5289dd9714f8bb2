// live_view: what a run looks like while it goes on, for people.
//
//   [=========>          ] 31%  9.3 s of 30 s, 20.7 s left
//   rate       50012/s  ▂▅▇▇▇▇▇▇▇
//   latency    p50 210 us, p99 1.2 ms  ▁▁▁▁▃▁▁▁▁
//   requests   465,112 acked, 312 in flight, 100 of 100 connected
//   errors     2 connection lost: Connection reset by peer
//
// Pure: it is told the figures, and the time.
#pragma once

#include "../threaded_swarm.hpp"
#include "palette.hpp"

#include <hawser/io/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

class live_view {
public:
    /// `blocks`: draw with Unicode block characters.
    live_view(const swarm::plan& plan, io::time_point begun_at, bool blocks);

    void update(const snapshot& latest, io::time_point now);

    /// For a terminal: at most `width` columns, and as many as it has; at most `height` lines.
    [[nodiscard]] std::vector<std::string> lines(std::size_t width, std::size_t height,
                                                 const palette& colours = {}) const;

private:
    struct second {
        double rate;
        double latency;   // seconds, p99
    };
    struct growth {
        io::time_point at;
        std::uint64_t acked;
    };

    [[nodiscard]] double share_done() const;
    [[nodiscard]] bool ends_by_itself() const noexcept;
    [[nodiscard]] std::string bar(std::size_t width) const;
    [[nodiscard]] std::string time_left() const;
    [[nodiscard]] std::string latency() const;
    [[nodiscard]] std::string requests() const;
    [[nodiscard]] std::vector<std::string> failures() const;
    [[nodiscard]] std::string sparkline(double second::* figure, std::size_t columns) const;

    std::optional<std::uint64_t> expected_;   // requests
    std::uint32_t clients_;
    io::duration sends_for_;
    io::time_point begun_at_;
    bool blocks_;
    snapshot latest_;
    io::time_point updated_at_;
    std::deque<growth> recent_;    // of the last second, oldest first
    std::deque<second> seconds_;   // as many as a wide terminal has columns
    io::time_point next_second_;
    double rate_ = 0;
};

}   // namespace hawser::swarm_program
