// axis: where a figure is between the two ends of a picture, and which figures are written beside it.
//
//   const axis up = axis::logarithmic(least, most, latency_label);
//   up.place(0.001);   // 0 to 1
//   for (const axis::tick& one : up.ticks()) ...
//
// Figures outside of it are at its end. There are never more labels than a narrow picture has room for.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace hawser::swarm_program {

class axis {
public:
    /// Of a figure; nothing, for one that is not to be written.
    using label = std::function<std::string(double)>;
    struct tick {
        double place;
        std::string text;
    };

    /// From 0 to `most`; the end is that or, if rounded, the next tick.
    [[nodiscard]] static axis linear(double most, bool rounded, const label& text);
    /// From 0 to so many seconds.
    [[nodiscard]] static axis time(double seconds);
    /// In powers of ten, both ends rounded; they are more than 0.
    [[nodiscard]] static axis logarithmic(double least, double most, const label& text);
    /// Shares of 1, each nine as wide as the one before it: 0, 90 %, 99 %; up to that which is beyond all but one of so many.
    [[nodiscard]] static axis percentiles(double count);

    [[nodiscard]] double place(double figure) const;
    [[nodiscard]] const std::vector<tick>& ticks() const noexcept { return ticks_; }

private:
    std::function<double(double)> place_;
    std::vector<tick> ticks_;
};

}  // namespace hawser::swarm_program
