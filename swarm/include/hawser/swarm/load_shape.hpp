// load_shape: how many requests a second an open loop sends, over time.
//
//   const swarm::load_shape steady = 5000;
//   const swarm::load_shape ramp({{.lasts = 30s, .from = 0, .to = 5000}, {.from = 5000, .to = 5000}});   // then for ever
//   ramp.due(100);   // when the 101st request is to be sent
//
// It says when as many requests are due as there is space under the curve of the rate. A value; pure.
#pragma once

#include <hawser/io/clock.hpp>

#include <optional>
#include <vector>

namespace hawser::swarm {

class load_shape {
public:
    static constexpr io::duration for_ever = io::duration::max();

    /// A part of it, in which the rate goes evenly from one to the other, in requests a second. Steps are stretches whose two rates are
    /// the same.
    struct stretch {
        io::duration lasts = for_ever;
        double from = 0;
        double to = 0;
    };

    /// The same rate for ever.
    load_shape(double rate) : load_shape({{.from = rate, .to = rate}}) {}
    /// One stretch after the other. Throws std::invalid_argument if there is none, a rate is negative or no number, or a
    /// stretch takes no time; only the last may last for ever, and then its rate does not change.
    explicit load_shape(std::vector<stretch> stretches);

    /// When a request is due before which so many others are, since the beginning. None: the shape ends before.
    [[nodiscard]] std::optional<io::duration> due(double others) const noexcept;
    /// How many are due before then: the space under the curve, which may have a fraction.
    [[nodiscard]] double requests_before(io::duration end) const noexcept;
    /// From the beginning to the end, or for_ever. A last stretch for ever of no requests is the end.
    [[nodiscard]] io::duration lasts() const noexcept;

private:
    std::vector<stretch> stretches_;
};

}  // namespace hawser::swarm
