// chart: lines over two axes as an SVG, for a page without scripts.
//
//   chart rate{.name = "rate", .across = axis::time(30), .up = axis::linear(most, true, label)};
//   rate.lines.push_back({.label = "acked", .style = "acked", .parts = {{{0, 900}, {1, 900}}}});
//   html += to_svg(rate);
//
// It is as wide as its parent element, as all widths are in percent: letters and lines are as large on a telephone as
// on a wide screen. The style sheet has the colours, by the name of the style.
#pragma once

#include "axis.hpp"

#include <string>
#include <vector>

namespace hawser::swarm_program {

struct chart {
    struct point {
        double x;
        double y;
    };
    /// It has a gap between its parts.
    struct line {
        std::string label;   ///< written at its end
        std::string style;
        std::vector<std::vector<point>> parts;
    };
    /// From the bottom; has a minimum height, so that it can be seen.
    struct bar {
        double begin;
        double end;
        double height;
        std::string style;
    };
    /// Shown when the mouse is over this part.
    struct hint {
        double begin;
        double end;
        std::string text;
    };
    /// A part of the time with another background.
    struct shade {
        double end;   ///< it begins at the left edge
        std::string label;
    };

    std::string name;   ///< for screen readers
    axis across;
    axis up;
    std::vector<line> lines = {};
    std::vector<bar> bars = {};
    std::vector<hint> hints = {};
    std::vector<shade> shades = {};
};

[[nodiscard]] std::string to_svg(const chart& chart);

}   // namespace hawser::swarm_program
