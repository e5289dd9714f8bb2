#include "page_charts.hpp"

#include "../view/readable.hpp"
#include "chart.hpp"
#include "markup.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

namespace hawser::swarm_program {

namespace {

using slice = swarm::timeline::slice;

const std::string nothing_answered = "<p class=\"empty\">Nothing was answered.</p>\n";

std::string latency_label(double of) {
    return time_markup(std::chrono::duration_cast<io::duration>(std::chrono::duration<double>(of)));
}

// "20k": short, as there is little room beside a picture.
std::string count_label(double number) {
    if (number >= 1e6) return readable(number / 1e6) + "M";
    return number >= 1e3 ? readable(number / 1e3) + "k" : readable(number);
}

// One answer has a height of its own, so the axis begins below it.
std::string answers_label(double number) { return number < 1 ? "" : count_label(number); }

// A slice, and the time that it really had.
struct stretch {
    double begin;
    double end;
    slice what;

    double a_second(std::uint64_t count) const { return static_cast<double>(count) / (end - begin); }
};

// The run ends within its last slice: if that was not half over it is drawn with the one before it, or a rate would be made of
// nothing.
std::vector<stretch> stretches(const recording& of) {
    std::vector<stretch> made;
    const double width = seconds(of.report.over_time.width());
    for (const slice& one : of.report.over_time.slices()) {
        const double begin = width * static_cast<double>(made.size());
        made.push_back({begin, begin + width, one});
    }
    if (made.empty()) return made;
    const double end = of.report.measured_from + of.report.seconds;
    stretch& last = made.back();
    if (end <= last.begin || end >= last.end) return made;
    last.end = end;
    if (made.size() == 1 || end - last.begin >= width / 2) return made;
    stretch& before = made[made.size() - 2];
    before.end = end;
    before.what.merge(last.what);
    made.pop_back();
    return made;
}

std::string when(const stretch& at) { return readable(at.begin) + " to " + readable(at.end) + " s: "; }

// Each figure is that of its whole stretch, so it is a step.
template <class Figure>
chart::line steps(std::string label, std::string style, const std::vector<stretch>& over, Figure figure) {
    chart::line made{.label = std::move(label), .style = std::move(style), .parts = {}};
    bool goes_on = false;
    for (const stretch& one : over) {
        const std::optional<double> y = figure(one);
        if (y && !goes_on) made.parts.emplace_back();
        if (y) made.parts.back().insert(made.parts.back().end(), {{one.begin, *y}, {one.end, *y}});
        goes_on = y.has_value();
    }
    return made;
}

void shade_warmup(chart& in, const recording& of, const char* label) {
    if (of.warmup() > io::duration::zero()) in.shades.push_back({seconds(of.warmup()), label});
}

std::optional<double> percentile(const stretch& at, double share) {
    if (at.what.latency.count() == 0) return std::nullopt;
    return seconds(share < 1 ? at.what.latency.percentile(share) : at.what.latency.max());
}

constexpr std::array<std::pair<const char*, double>, 4> shown{{{"max", 1}, {"p99", 0.99}, {"p90", 0.9}, {"p50", 0.5}}};

// The end of a share axis: as many records have to be beyond it as one.
std::vector<chart::point> curve(const swarm::histogram& of, double nines) {
    constexpr int points = 400;   // more than a picture has pixels to show
    std::vector<chart::point> made;
    for (int i = 0; i <= points; ++i) {
        const double share = 1 - std::pow(10, -nines * i / points);
        made.push_back({share, seconds(of.percentile(share))});
    }
    return made;
}

// Nothing is shorter than a nanosecond, and a logarithm has to begin somewhere.
double shortest(const swarm::histogram& of) { return std::max(1e-9, seconds(of.buckets().front().first)); }

// How many in each of the bins, `per_decade` of them to a power of ten.
std::map<int, double> bins(const swarm::histogram& of, double per_decade) {
    std::map<int, double> made;
    for (const auto& [top, times] : of.buckets())
        made[static_cast<int>(std::floor(std::log10(std::max(1e-9, seconds(top))) * per_decade))] += static_cast<double>(times);
    return made;
}

}  // namespace

std::string rate_picture(const recording& of) {
    const std::vector<stretch> over = stretches(of);
    if (over.empty()) return "<p class=\"empty\">Nothing was sent.</p>\n";
    double most = 1;
    for (const stretch& one : over)
        most = std::max({most, one.a_second(one.what.sent), one.a_second(one.what.acked), one.a_second(one.what.failed)});
    chart made{.name = "requests a second over time",
               .across = axis::time(over.back().end),
               .up = axis::linear(most, true, count_label)};
    shade_warmup(made, of, "warm-up");
    const auto sent = [](const stretch& one) { return std::optional(one.a_second(one.what.sent)); };
    const auto acked = [](const stretch& one) { return std::optional(one.a_second(one.what.acked)); };
    const auto failed = [](const stretch& one) {
        return one.what.failed > 0 ? std::optional(one.a_second(one.what.failed)) : std::nullopt;
    };
    made.lines = {steps("sent", "sent", over, sent), steps("acked", "acked", over, acked), steps("failed", "failed", over, failed)};
    for (const stretch& one : over) {
        made.hints.push_back({one.begin, one.end, when(one) + grouped(one.what.sent) + " sent, " + grouped(one.what.acked) +
                                                      " acked, " + grouped(one.what.failed) + " failed"});
    }
    return to_svg(made);
}

std::string latency_picture(const recording& of) {
    const std::vector<stretch> over = stretches(of);
    double least = 1e9;
    double most = 0;
    for (const stretch& one : over) {
        if (one.what.latency.count() == 0) continue;
        least = std::min(least, std::max(1e-9, *percentile(one, 0.5)));
        most = std::max(most, *percentile(one, 1));
    }
    if (most <= 0) return nothing_answered;
    chart made{.name = "latency over time",
               .across = axis::time(over.back().end),
               .up = axis::logarithmic(least, most, latency_label)};
    shade_warmup(made, of, "");
    for (const auto& [name, share] : shown)
        made.lines.push_back(steps(name, name, over, [share = share](const stretch& one) { return percentile(one, share); }));
    for (const stretch& one : over) {
        std::string text = when(one) + grouped(one.what.latency.count()) + " answers";
        if (one.what.latency.count() > 0)
            for (auto which = shown.rbegin(); which != shown.rend(); ++which)
                text += std::string(", ") + which->first + " " + latency_label(*percentile(one, which->second));
        made.hints.push_back({one.begin, one.end, text});
    }
    return to_svg(made);
}

std::string percentile_picture(const recording& of) {
    const swarm::histogram& honest = of.report.honest_latency();
    const swarm::histogram& plain = of.report.latency;
    if (honest.count() == 0) return nothing_answered;
    const auto count = static_cast<double>(honest.count());
    const double least = plain.count() > 0 ? std::min(shortest(honest), shortest(plain)) : shortest(honest);
    const double most = seconds(std::max(honest.max(), plain.max()));
    const bool two = &honest != &plain;
    chart made{.name = "latency by percentile",
               .across = axis::percentiles(count),
               .up = axis::logarithmic(least, most, latency_label)};
    const double nines = std::clamp(std::log10(count), 1.0, 5.0);
    if (two && plain.count() > 0) made.lines.push_back({"sending", "plain", {curve(plain, nines)}});
    made.lines.push_back({two ? "schedule" : "", "honest", {curve(honest, nines)}});
    return to_svg(made);
}

std::string histogram_picture(const recording& of) {
    const swarm::histogram& what = of.report.honest_latency();
    if (what.count() == 0) return nothing_answered;
    const double least = shortest(what);
    const double most = std::max(seconds(what.max()), least);
    // Bars that are some pixels wide, and not finer than the buckets are.
    const double per_decade = std::clamp(50 / std::max(0.1, std::log10(most / least)), 10.0, 60.0);
    const std::map<int, double> counted = bins(what, per_decade);
    const double highest = std::ranges::max_element(counted, {}, [](const auto& one) { return one.second; })->second;
    const auto edge = [per_decade](int bin) { return std::pow(10, bin / per_decade); };
    chart made{.name = "how many answers took how long",
               .across = axis::logarithmic(edge(counted.begin()->first), edge(counted.rbegin()->first + 1), latency_label),
               .up = axis::logarithmic(0.5, std::max(highest, 10.0), answers_label)};
    for (const auto& [bin, number] : counted) {
        made.bars.push_back({edge(bin), edge(bin + 1), number, "honest"});
        made.hints.push_back({edge(bin), edge(bin + 1), latency_label(edge(bin)) + " to " + latency_label(edge(bin + 1)) + ": " +
                                                            grouped(static_cast<std::uint64_t>(number)) + " answers"});
    }
    return to_svg(made);
}

}  // namespace hawser::swarm_program
