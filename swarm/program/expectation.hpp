// expectation: a condition that a run has to meet (--expect), so that a script can stop if it does not.
//
//   const expectation fast = expectation::parse("p99<5ms");
//   if (const auto why = fast.broken_by(report)) fail(*why);   // "p99<5ms: it was 7.2 ms"
#pragma once

#include <hawser/swarm/swarm.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace hawser::swarm_program {

struct metric;

class expectation {
public:
    /// NAME, then one of < <= == != >= >, then a value: a number for a counter of the report (sent, unsent, acked,
    /// missing, duplicate, wrong, unknown, late, ignored, errors) and for rate (acks a second), a time for a latency
    /// (p50, p90, p99, p999, p9999, max). Throws std::invalid_argument, with one line that says what is wrong.
    [[nodiscard]] static expectation parse(std::string_view text);

    /// Why the report does not meet it; none if it does. With a rate, latencies are from when requests should have been
    /// sent. What was not measured does not meet any condition.
    [[nodiscard]] std::optional<std::string> broken_by(const swarm::report& report) const;
    /// It is about unsent requests, so those alone are no failure.
    [[nodiscard]] bool is_of_unsent() const noexcept;

    [[nodiscard]] static std::string names();

private:
    enum class sign : unsigned char { less, at_most, equal, unequal, at_least, more };

    expectation() = default;
    [[nodiscard]] bool holds(double seen) const noexcept;

    std::string text_;
    const metric* metric_ = nullptr;
    sign sign_ = sign::equal;
    double value_ = 0;   // of times: seconds
};

}   // namespace hawser::swarm_program
