// chart: lines over two axes as an SVG, for a page without scripts.
//
//   chart rate{.name = "rate", .across = axis::time(30), .up = axis::linear(most, true, label)};
//   rate.lines.push_back({.label = "acked", .style = "acked", .parts = {{{0, 900}, {1, 900}}}});
//   html += to_svg(rate);
//
// It is as wide as its place: across everything is in percent, so letters and lines are as large on a telephone as on a wide
// screen. Colours are the style sheet's, by the name of the style.
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
    /// Where there is nothing to draw it has a gap.
    struct line {
        std::string label;                        ///< written at its end
        std::string style;
        std::vector<std::vector<point>> parts;
    };
    /// From the bottom; seen however small it is.
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
    /// A part that is not like the others.
    struct shade {
        double end;                               ///< it begins at the left
        std::string label;
    };

    std::string name;                             ///< for those who hear the page
    axis across;
    axis up;
    std::vector<line> lines = {};
    std::vector<bar> bars = {};
    std::vector<hint> hints = {};
    std::vector<shade> shades = {};
};

[[nodiscard]] std::string to_svg(const chart& of);

}  // namespace hawser::swarm_program
