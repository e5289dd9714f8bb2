// live_view: what a run looks like while it goes on, for people.
//
//   [=========>          ] 31%  9.3 s of 30 s, 20.7 s left
//   rate       50012/s  ▂▅▇▇▇▇▇▇▇
//   latency    p50 210 us, p99 1.2 ms  ▁▁▁▁▃▁▁▁▁
//   requests   465,112 acked, 312 in flight, 100 of 100 connected
//   errors     2 connection lost: Connection reset by peer
//
// Pure: it is told what there is to be seen, and when.
#pragma once

#include "../crew.hpp"
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
    /// `blocks`: the terminal shows Unicode.
    live_view(const swarm::plan& of, io::time_point begun_at, bool blocks);

    void see(const glance& what, io::time_point now);

    /// For a terminal: at most `width` columns, and as many as it has; at most `height` lines.
    [[nodiscard]] std::vector<std::string> lines(std::size_t width, std::size_t height, const palette& in = {}) const;

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
    [[nodiscard]] std::string left() const;
    [[nodiscard]] std::string latency() const;
    [[nodiscard]] std::string requests() const;
    [[nodiscard]] std::vector<std::string> failures() const;
    [[nodiscard]] std::string spark(double second::*what, std::size_t columns) const;

    std::optional<std::uint64_t> expected_;   // requests
    std::uint32_t clients_;
    io::duration sends_for_;
    io::time_point begun_at_;
    bool blocks_;
    glance now_;
    io::time_point seen_at_;
    std::deque<growth> recent_;     // of the last second, oldest first
    std::deque<second> seconds_;    // as many as a wide terminal has columns
    io::time_point next_second_;
    double rate_ = 0;
};

}  // namespace hawser::swarm_program
