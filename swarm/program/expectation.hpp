// expectation: what a run has to keep, so that a script may stop at one that does not.
//
//   const expectation fast = expectation::parse("p99<5ms");
//   if (const auto why = fast.broken_by(report)) fail(*why);   // "p99<5ms: it was 7.2 ms"
#pragma once

#include <hawser/swarm/swarm.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace hawser::swarm_program {

struct quantity;

class expectation {
public:
    /// NAME, then one of < <= == != >= >, then a value: a number for a counter of the report (sent, unsent, acked, missing, duplicate,
    /// wrong, unknown, late, ignored, errors) and for rate (acks a second), a time for a latency (p50, p90, p99, p999, p9999, max). Throws
    /// std::invalid_argument, with one line that says what is wrong.
    [[nodiscard]] static expectation parse(std::string_view text);

    /// Why the report does not keep it; none if it does. Latencies are from when requests should have been sent, if they had a rate.
    /// Nothing is kept that is said of what was not measured.
    [[nodiscard]] std::optional<std::string> broken_by(const swarm::report& report) const;
    /// It says how many may be unsent, so that those are no failure by themselves.
    [[nodiscard]] bool is_of_unsent() const noexcept;

    [[nodiscard]] static std::string names();

private:
    enum class sign : unsigned char { less, at_most, equal, unequal, at_least, more };

    expectation() = default;
    [[nodiscard]] bool holds(double seen) const noexcept;

    std::string text_;
    const quantity* what_ = nullptr;
    sign sign_ = sign::equal;
    double value_ = 0;   // of times: seconds
};

}  // namespace hawser::swarm_program
