#include "chart.hpp"

#include "markup.hpp"

#include <algorithm>
#include <ranges>

namespace hawser::swarm_program {

namespace {

constexpr double height = 220;        // pixels
constexpr double width = 1000;        // units across of what is stretched
constexpr double letter_height = 15;  // pixels from one label to the next
constexpr double least_bar = 3;       // pixels

std::string percent(double place) { return place_markup(place * 100) + "%"; }
std::string down(double place) { return place_markup((1 - place) * height); }

std::string grid(const chart& of) {
    std::string made = "<g class=\"grid\">";
    for (const axis::tick& one : of.up.ticks()) {
        made += "<line x1=\"0\" x2=\"100%\" y1=\"" + down(one.place) + "\" y2=\"" + down(one.place) + "\"/>";
        made += "<text class=\"up\" x=\"0\" dx=\"-8\" dy=\"4\" y=\"" + down(one.place) + "\">" + markup(one.text) + "</text>";
    }
    for (const axis::tick& one : of.across.ticks()) {
        const std::string x = percent(one.place);
        made += "<line class=\"tick\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"220\" y2=\"225\"/>";
        made += "<text class=\"across\" x=\"" + x + "\" y=\"240\">" + markup(one.text) + "</text>";
    }
    return made + "</g>";
}

std::string shades(const chart& of) {
    std::string made;
    for (const chart::shade& one : of.shades)
        made += "<rect class=\"shade\" x=\"0\" y=\"0\" height=\"220\" width=\"" + percent(of.across.place(one.end)) +
                "\"/><text class=\"shade\" x=\"0\" dx=\"6\" y=\"14\">" + markup(one.label) + "</text>";
    return made;
}

std::string path(const chart& of, const chart::line& line) {
    std::string drawn;
    for (const std::vector<chart::point>& part : line.parts)
        for (const chart::point& one : part)
            drawn += (&one == &part.front() ? "M" : "L") + place_markup(of.across.place(one.x) * width) + " " +
                     down(of.up.place(one.y));
    return "<path class=\"" + line.style + "\" d=\"" + drawn + "\"/>";
}

std::string bars(const chart& of) {
    std::string made;
    for (const chart::bar& one : of.bars) {
        const double tall = std::max(least_bar, of.up.place(one.height) * height);
        const double begin = of.across.place(one.begin) * width;
        const double wide = of.across.place(one.end) * width - begin;
        made += "<rect class=\"" + one.style + "\" x=\"" + place_markup(begin) + "\" width=\"" + place_markup(wide) + "\" y=\"" +
                place_markup(height - tall) + "\" height=\"" + place_markup(tall) + "\"/>";
    }
    return made;
}

struct end_label {
    const chart::line* of;
    double y;
};

// At the ends of their lines, and moved apart where they would be one over another.
std::vector<end_label> labels(const chart& of) {
    std::vector<end_label> made;
    for (const chart::line& one : of.lines) {
        if (one.label.empty() || one.parts.empty()) continue;
        made.push_back({&one, (1 - of.up.place(one.parts.back().back().y)) * height});
    }
    std::ranges::stable_sort(made, {}, &end_label::y);
    for (std::size_t i = 1; i < made.size(); ++i) made[i].y = std::max(made[i].y, made[i - 1].y + letter_height);
    double lowest = height;
    for (end_label& one : made | std::views::reverse) {
        one.y = std::min(one.y, lowest);
        lowest -= letter_height;
    }
    return made;
}

}  // namespace

std::string to_svg(const chart& of) {
    std::string made = "<svg class=\"chart\" role=\"img\" aria-label=\"" + markup(of.name) + "\"";
    made += " width=\"100%\" height=\"220\">\n" + shades(of) + grid(of);
    made += "\n<svg class=\"lines\" viewBox=\"0 0 1000 220\" preserveAspectRatio=\"none\" width=\"100%\" height=\"220\">";
    made += bars(of);
    for (const chart::line& one : of.lines)
        if (!one.parts.empty()) made += path(of, one);
    made += "</svg>\n";
    for (const end_label& one : labels(of))
        made += "<text class=\"end " + one.of->style + "\" x=\"100%\" dx=\"8\" dy=\"4\" y=\"" + place_markup(one.y) + "\">" +
                markup(one.of->label) + "</text>";
    made += "\n<g class=\"hints\">";
    for (const chart::hint& one : of.hints) {
        const double begin = of.across.place(one.begin);
        made += "<rect x=\"" + percent(begin) + "\" width=\"" + percent(of.across.place(one.end) - begin) +
                "\" y=\"0\" height=\"220\"><title>" + markup(one.text) + "</title></rect>";
    }
    return made + "</g></svg>\n";
}

}  // namespace hawser::swarm_program
