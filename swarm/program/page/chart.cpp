#include "chart.hpp"

#include "markup.hpp"

#include <algorithm>
#include <ranges>

namespace hawser::swarm_program {

namespace {

constexpr double height = 220;         // pixels
constexpr double width = 1000;         // units of the part that is stretched
constexpr double letter_height = 15;   // pixels from one label to the next
constexpr double least_bar = 3;        // pixels

std::string percent(double position) { return number_markup(position * 100) + "%"; }
std::string down(double position) { return number_markup((1 - position) * height); }

std::string grid(const swarm_program::chart& chart) {
    std::string svg = "<g class=\"grid\">";
    for (const axis::tick& one : chart.up.ticks()) {
        svg += "<line x1=\"0\" x2=\"100%\" y1=\"" + down(one.position) + "\" y2=\"" + down(one.position) + "\"/>";
        svg += "<text class=\"up\" x=\"0\" dx=\"-8\" dy=\"4\" y=\"" + down(one.position) + "\">" + markup(one.text) +
               "</text>";
    }
    for (const axis::tick& one : chart.across.ticks()) {
        const std::string x = percent(one.position);
        svg += "<line class=\"tick\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"220\" y2=\"225\"/>";
        svg += "<text class=\"across\" x=\"" + x + "\" y=\"240\">" + markup(one.text) + "</text>";
    }
    return svg + "</g>";
}

std::string shades(const swarm_program::chart& chart) {
    std::string svg;
    for (const swarm_program::chart::shade& one : chart.shades)
        svg += "<rect class=\"shade\" x=\"0\" y=\"0\" height=\"220\" width=\"" +
               percent(chart.across.position(one.end)) + "\"/><text class=\"shade\" x=\"0\" dx=\"6\" y=\"14\">" +
               markup(one.label) + "</text>";
    return svg;
}

std::string path(const swarm_program::chart& chart, const swarm_program::chart::line& line) {
    std::string drawn;
    for (const std::vector<swarm_program::chart::point>& part : line.parts)
        for (const swarm_program::chart::point& one : part)
            drawn += (&one == &part.front() ? "M" : "L") + number_markup(chart.across.position(one.x) * width) + " " +
                     down(chart.up.position(one.y));
    return "<path class=\"" + line.style + "\" d=\"" + drawn + "\"/>";
}

std::string bars(const swarm_program::chart& chart) {
    std::string svg;
    for (const swarm_program::chart::bar& one : chart.bars) {
        const double tall = std::max(least_bar, chart.up.position(one.height) * height);
        const double begin = chart.across.position(one.begin) * width;
        const double wide = chart.across.position(one.end) * width - begin;
        svg += "<rect class=\"" + one.style + "\" x=\"" + number_markup(begin) + "\" width=\"" + number_markup(wide) +
               "\" y=\"" + number_markup(height - tall) + "\" height=\"" + number_markup(tall) + "\"/>";
    }
    return svg;
}

struct end_label {
    const chart::line* line;
    double y;
};

// The labels at the ends of the lines, moved apart where they would overlap.
std::vector<end_label> labels(const swarm_program::chart& chart) {
    std::vector<end_label> labels;
    for (const swarm_program::chart::line& one : chart.lines) {
        if (one.label.empty() || one.parts.empty()) continue;
        labels.push_back({&one, (1 - chart.up.position(one.parts.back().back().y)) * height});
    }
    std::ranges::stable_sort(labels, {}, &end_label::y);
    for (std::size_t i = 1; i < labels.size(); ++i)
        labels[i].y = std::max(labels[i].y, labels[i - 1].y + letter_height);
    double lowest = height;
    for (end_label& one : labels | std::views::reverse) {
        one.y = std::min(one.y, lowest);
        lowest -= letter_height;
    }
    return labels;
}

}   // namespace

std::string to_svg(const swarm_program::chart& chart) {
    std::string svg = "<svg class=\"chart\" role=\"img\" aria-label=\"" + markup(chart.name) + "\"";
    svg += " width=\"100%\" height=\"220\">\n" + shades(chart) + grid(chart);
    svg +=
        "\n<svg class=\"lines\" viewBox=\"0 0 1000 220\" preserveAspectRatio=\"none\" width=\"100%\" height=\"220\">";
    svg += bars(chart);
    for (const swarm_program::chart::line& one : chart.lines)
        if (!one.parts.empty()) svg += path(chart, one);
    svg += "</svg>\n";
    for (const end_label& one : labels(chart))
        svg += "<text class=\"end " + one.line->style + "\" x=\"100%\" dx=\"8\" dy=\"4\" y=\"" + number_markup(one.y) +
               "\">" + markup(one.line->label) + "</text>";
    svg += "\n<g class=\"hints\">";
    for (const swarm_program::chart::hint& one : chart.hints) {
        const double begin = chart.across.position(one.begin);
        svg += "<rect x=\"" + percent(begin) + "\" width=\"" + percent(chart.across.position(one.end) - begin) +
               "\" y=\"0\" height=\"220\"><title>" + markup(one.text) + "</title></rect>";
    }
    return svg + "</g></svg>\n";
}

}   // namespace hawser::swarm_program
