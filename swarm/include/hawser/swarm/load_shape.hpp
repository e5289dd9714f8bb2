// load_shape: how many requests a second an open loop sends, over time.
//
//   const swarm::load_shape steady = 5000;
//   // then for ever
//   const swarm::load_shape ramp({{.lasts = 30s, .from = 0, .to = 5000}, {.from = 5000, .to = 5000}});
//   ramp.due(100);   // when the 101st request is to be sent
//
// A request is due when the area under the curve of the rate has reached its number. A value; pure.
#pragma once

#include <hawser/io/clock.hpp>

#include <optional>
#include <vector>

namespace hawser::inline v0::swarm {

class load_shape {
public:
    static constexpr io::duration for_ever = io::duration::max();

    /// A part of the shape, in which the rate, in requests a second, changes evenly from one to the other. In a step
    /// both are the same.
    struct stretch {
        io::duration lasts = for_ever;
        double from = 0;
        double to = 0;
    };

    /// The same rate for ever.
    load_shape(double rate) : load_shape({{.from = rate, .to = rate}}) {}
    /// One stretch after the other. Throws std::invalid_argument if there is none, if a rate is negative or no number,
    /// or if a stretch takes no time. Only the last may last for ever, and then its rate may not change.
    explicit load_shape(std::vector<stretch> stretches);

    /// When the request is due that has so many others before it, since the beginning. None: the shape ends before.
    [[nodiscard]] std::optional<io::duration> due(double others) const noexcept;
    /// How many requests are due before then: the area under the curve, which may have a fraction.
    [[nodiscard]] double requests_before(io::duration end) const noexcept;
    /// How long there are requests; maybe for_ever. A last stretch that goes on for ever without requests does not
    /// count.
    [[nodiscard]] io::duration lasts() const noexcept;

private:
    std::vector<stretch> stretches_;
};

}   // namespace hawser::swarm
