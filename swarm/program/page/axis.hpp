// axis: the position of a figure between the two ends of a chart, and which figures are written beside it.
//
//   const axis up = axis::logarithmic(least, most, latency_label);
//   up.position(0.001);   // 0 to 1
//   for (const axis::tick& one : up.ticks()) ...
//
// Figures beyond an end are at that end. There are never more labels than a narrow chart has room for.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

class axis {
public:
    /// The text of a figure; "" for one that is not to be written.
    using label = std::function<std::string(double)>;
    struct tick {
        double position;
        std::string text;
    };

    /// From 0 to `most`, or, if rounded, to the next tick.
    [[nodiscard]] static axis linear(double most, bool rounded, const label& text);
    /// From 0 to so many seconds.
    [[nodiscard]] static axis time(double seconds);
    /// In powers of ten, with both ends rounded. Both must be more than 0.
    [[nodiscard]] static axis logarithmic(double least, double most, const label& text);
    /// Shares of 1, each nine as wide as the one before it: 0, 90 %, 99 %, up to the last one that `count` values can
    /// show.
    [[nodiscard]] static axis percentiles(double count);

    [[nodiscard]] double position(double figure) const;
    [[nodiscard]] const std::vector<tick>& ticks() const noexcept { return ticks_; }

private:
    std::function<double(double)> position_;
    std::vector<tick> ticks_;
};

}   // namespace hawser::swarm_program
