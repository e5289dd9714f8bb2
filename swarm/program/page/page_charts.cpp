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

std::string latency_label(double seconds) {
    return time_markup(std::chrono::duration_cast<io::duration>(std::chrono::duration<double>(seconds)));
}

// "20k": there is little room beside a chart.
std::string count_label(double number) {
    if (number >= 1e6) return readable(number / 1e6) + "M";
    return number >= 1e3 ? readable(number / 1e3) + "k" : readable(number);
}

// One answer has to be seen, so the axis begins below 1, without a label there.
std::string answers_label(double number) { return number < 1 ? "" : count_label(number); }

// A slice of the timeline, and the time for which it is drawn.
struct drawn_slice {
    double begin;
    double end;
    slice counts;

    double a_second(std::uint64_t count) const { return static_cast<double>(count) / (end - begin); }
};

// The run ends within its last slice. If that was less than half over, it is drawn as a part of the one before it: a
// rate of so little time would mean nothing.
std::vector<drawn_slice> drawn_slices(const recording& run) {
    std::vector<drawn_slice> drawn;
    const double width = seconds(run.report.over_time.width());
    for (const slice& one : run.report.over_time.slices()) {
        const double begin = width * static_cast<double>(drawn.size());
        drawn.push_back({begin, begin + width, one});
    }
    if (drawn.empty()) return drawn;
    const double end = run.report.measured_from + run.report.seconds;
    drawn_slice& last = drawn.back();
    if (end <= last.begin || end >= last.end) return drawn;
    last.end = end;
    if (drawn.size() == 1 || end - last.begin >= width / 2) return drawn;
    drawn_slice& before = drawn[drawn.size() - 2];
    before.end = end;
    before.counts.merge(last.counts);
    drawn.pop_back();
    return drawn;
}

std::string when(const drawn_slice& at) { return readable(at.begin) + " to " + readable(at.end) + " s: "; }

// A figure is the same for the whole of its slice, so the line has steps.
template <class Figure>
chart::line steps(std::string label, std::string style, const std::vector<drawn_slice>& over, Figure figure) {
    chart::line line{.label = std::move(label), .style = std::move(style), .parts = {}};
    bool goes_on = false;
    for (const drawn_slice& one : over) {
        const std::optional<double> y = figure(one);
        if (y && !goes_on) line.parts.emplace_back();
        if (y) line.parts.back().insert(line.parts.back().end(), {{one.begin, *y}, {one.end, *y}});
        goes_on = y.has_value();
    }
    return line;
}

void shade_warmup(chart& in, const recording& run, const char* label) {
    if (run.warmup() > io::duration::zero()) in.shades.push_back({seconds(run.warmup()), label});
}

std::optional<double> percentile(const drawn_slice& at, double share) {
    if (at.counts.latency.count() == 0) return std::nullopt;
    return seconds(share < 1 ? at.counts.latency.percentile(share) : at.counts.latency.max());
}

constexpr std::array<std::pair<const char*, double>, 4> shown{{{"max", 1}, {"p99", 0.99}, {"p90", 0.9}, {"p50", 0.5}}};

// Points up to the share that all values but one do not exceed.
std::vector<chart::point> curve(const swarm::histogram& latency, double nines) {
    constexpr int points = 400;   // more than a chart has pixels for
    std::vector<chart::point> curve_points;
    for (int i = 0; i <= points; ++i) {
        const double share = 1 - std::pow(10, -nines * i / points);
        curve_points.push_back({share, seconds(latency.percentile(share))});
    }
    return curve_points;
}

// At least a nanosecond, as a logarithm needs more than 0.
double shortest(const swarm::histogram& latency) { return std::max(1e-9, seconds(latency.buckets().front().first)); }

// Counts the values in bins, of which a power of ten has `per_decade`.
std::map<int, double> bins(const swarm::histogram& latency, double per_decade) {
    std::map<int, double> counted;
    for (const auto& [top, times] : latency.buckets())
        counted[static_cast<int>(std::floor(std::log10(std::max(1e-9, seconds(top))) * per_decade))] +=
            static_cast<double>(times);
    return counted;
}

}   // namespace

std::string rate_picture(const recording& run) {
    const std::vector<drawn_slice> over = drawn_slices(run);
    if (over.empty()) return "<p class=\"empty\">Nothing was sent.</p>\n";
    double most = 1;
    for (const drawn_slice& one : over)
        most = std::max({most, one.a_second(one.counts.sent), one.a_second(one.counts.acked),
                         one.a_second(one.counts.failed)});
    chart picture{.name = "requests a second over time",
                  .across = axis::time(over.back().end),
                  .up = axis::linear(most, true, count_label)};
    shade_warmup(picture, run, "warm-up");
    const auto sent = [](const drawn_slice& one) { return std::optional(one.a_second(one.counts.sent)); };
    const auto acked = [](const drawn_slice& one) { return std::optional(one.a_second(one.counts.acked)); };
    const auto failed = [](const drawn_slice& one) {
        return one.counts.failed > 0 ? std::optional(one.a_second(one.counts.failed)) : std::nullopt;
    };
    picture.lines = {steps("sent", "sent", over, sent), steps("acked", "acked", over, acked),
                     steps("failed", "failed", over, failed)};
    for (const drawn_slice& one : over) {
        picture.hints.push_back({one.begin, one.end,
                                 when(one) + grouped(one.counts.sent) + " sent, " + grouped(one.counts.acked) +
                                     " acked, " + grouped(one.counts.failed) + " failed"});
    }
    return to_svg(picture);
}

std::string latency_picture(const recording& run) {
    const std::vector<drawn_slice> over = drawn_slices(run);
    double least = 1e9;
    double most = 0;
    for (const drawn_slice& one : over) {
        if (one.counts.latency.count() == 0) continue;
        least = std::min(least, std::max(1e-9, *percentile(one, 0.5)));
        most = std::max(most, *percentile(one, 1));
    }
    if (most <= 0) return nothing_answered;
    chart picture{.name = "latency over time",
                  .across = axis::time(over.back().end),
                  .up = axis::logarithmic(least, most, latency_label)};
    shade_warmup(picture, run, "");
    for (const auto& [name, share] : shown)
        picture.lines.push_back(steps(name, name, over,
                                      [share = share](const drawn_slice& one) { return percentile(one, share); }));
    for (const drawn_slice& one : over) {
        std::string text = when(one) + grouped(one.counts.latency.count()) + " answers";
        if (one.counts.latency.count() > 0)
            for (auto which = shown.rbegin(); which != shown.rend(); ++which)
                text += std::string(", ") + which->first + " " + latency_label(*percentile(one, which->second));
        picture.hints.push_back({one.begin, one.end, text});
    }
    return to_svg(picture);
}

std::string percentile_picture(const recording& run) {
    const swarm::histogram& honest = run.report.honest_latency();
    const swarm::histogram& plain = run.report.latency;
    if (honest.count() == 0) return nothing_answered;
    const auto count = static_cast<double>(honest.count());
    const double least = plain.count() > 0 ? std::min(shortest(honest), shortest(plain)) : shortest(honest);
    const double most = seconds(std::max(honest.max(), plain.max()));
    const bool two = &honest != &plain;
    chart picture{.name = "latency by percentile",
                  .across = axis::percentiles(count),
                  .up = axis::logarithmic(least, most, latency_label)};
    const double nines = std::clamp(std::log10(count), 1.0, 5.0);
    if (two && plain.count() > 0) picture.lines.push_back({"sending", "plain", {curve(plain, nines)}});
    picture.lines.push_back({two ? "schedule" : "", "honest", {curve(honest, nines)}});
    return to_svg(picture);
}

std::string histogram_picture(const recording& run) {
    const swarm::histogram& latency = run.report.honest_latency();
    if (latency.count() == 0) return nothing_answered;
    const double least = shortest(latency);
    const double most = std::max(seconds(latency.max()), least);
    // Bars of some pixels, and not finer than the buckets.
    const double per_decade = std::clamp(50 / std::max(0.1, std::log10(most / least)), 10.0, 60.0);
    const std::map<int, double> counted = bins(latency, per_decade);
    const double highest = std::ranges::max_element(counted, {}, [](const auto& one) { return one.second; })->second;
    const auto edge = [per_decade](int bin) { return std::pow(10, bin / per_decade); };
    chart picture{.name = "how many answers took how long",
                  .across = axis::logarithmic(edge(counted.begin()->first), edge(counted.rbegin()->first + 1),
                                              latency_label),
                  .up = axis::logarithmic(0.5, std::max(highest, 10.0), answers_label)};
    for (const auto& [bin, number] : counted) {
        picture.bars.push_back({edge(bin), edge(bin + 1), number, "honest"});
        picture.hints.push_back({edge(bin), edge(bin + 1),
                                 latency_label(edge(bin)) + " to " + latency_label(edge(bin + 1)) + ": " +
                                     grouped(static_cast<std::uint64_t>(number)) + " answers"});
    }
    return to_svg(picture);
}

}   // namespace hawser::swarm_program
