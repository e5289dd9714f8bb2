#include "comparison.hpp"

#include "../view/readable.hpp"
#include "differences.hpp"
#include "estimate.hpp"

#include <tools/fitting.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <iomanip>
#include <locale>
#include <span>
#include <sstream>

namespace hawser::swarm_program {

namespace {

using slice = swarm::timeline::slice;

// Of the records beyond a percentile there should be so many: fewer of them are chance.
constexpr double beyond_percentile = 10;

std::span<const slice> measured(const recording& of) {
    const steady part = steady_part(of);
    return std::span(of.report.over_time.slices()).subspan(part.first, part.last - part.first);
}

std::vector<double> rates(const recording& of) {
    std::vector<double> made;
    for (const slice& one : measured(of)) made.push_back(static_cast<double>(one.acked) / seconds(of.report.over_time.width()));
    return made;
}

// The percentile, evenly within its bucket: the top of a coarse bucket would be the same for a change of up to 3 %, and then
// 3 % more.
double fine_percentile(const swarm::histogram& of, double share) {
    const double rank = share * static_cast<double>(of.count());
    double seen = 0;
    for (const auto& [top, times] : of.buckets()) {
        const auto here = static_cast<double>(times);
        if (seen + here < rank) {
            seen += here;
            continue;
        }
        const auto end = static_cast<std::uint64_t>(std::chrono::nanoseconds(top).count()) + 1;
        const int cut = static_cast<int>(std::bit_width(end - 1)) - static_cast<int>(swarm::histogram::precision::coarse) - 1;
        const double width = std::exp2(std::max(0, cut));
        return (static_cast<double>(end) - width * (1 - (rank - seen) / here)) / 1e9;
    }
    return 0;
}

// One sample for as many neighbouring slices as it takes to have enough answers.
template <class Take>
std::vector<double> latencies(const recording& of, double answers, Take take) {
    std::vector<double> made;
    swarm::histogram sum(swarm::histogram::precision::coarse);
    for (const slice& one : measured(of)) {
        sum.merge(one.latency);
        if (sum.count() == 0 || static_cast<double>(sum.count()) < answers) continue;
        made.push_back(take(sum));
        sum = swarm::histogram(swarm::histogram::precision::coarse);
    }
    return made;
}

// Logarithms: a latency is never negative and has a long tail, so it varies by factors, and one stall would be all of a plain
// mean.
double as_factor(double latency) { return std::log(std::max(1e-9, latency)); }

std::vector<double> percentiles(const recording& of, double share) {
    return latencies(of, beyond_percentile / (1 - share),
                     [share](const swarm::histogram& in) { return as_factor(fine_percentile(in, share)); });
}

std::vector<double> maxima(const recording& of) {
    return latencies(of, 1, [](const swarm::histogram& in) { return as_factor(seconds(in.max())); });
}

// A figure of two whole runs, and the samples of it.
struct pair {
    double before;
    double after;
    std::vector<double> samples_before;
    std::vector<double> samples_after;
    bool is_latency;   // less is better, and the samples are logarithms
};

// The whole and the slices must agree: one stall moves a maximum but not the slices, and coarse slices may see a little that
// the whole does not.
comparison::row judge(const pair& of) {
    comparison::row made;
    if (of.before > 0 && (of.after > 0 || !of.is_latency)) made.changed_by = of.after / of.before - 1;
    if (!of.is_latency && of.before > 0 && of.after == 0) {   // there is nothing to be counted, and no noise
        made.says = change::worse;
        return made;
    }
    const std::optional<estimate> before = estimate::of(of.samples_before);
    const std::optional<estimate> after = estimate::of(of.samples_after);
    const auto drifts = [](const std::vector<double>& in, bool known) { return !known && in.size() >= estimate::fewest_samples; };
    made.drifts = drifts(of.samples_before, before.has_value()) || drifts(of.samples_after, after.has_value());
    if (!made.changed_by || !before || !after || (!of.is_latency && !(before->mean > 0))) return made;
    const double in_slices = after->mean - before->mean;
    const double most = margin(*before, *after);
    made.noise = of.is_latency ? std::expm1(most) : most / before->mean;
    made.says = change::noise;
    const bool agree = (in_slices > 0) == (*made.changed_by > 0);
    if (std::abs(*made.changed_by) < smallest_change || std::abs(in_slices) <= most || !agree) return made;
    made.says = (*made.changed_by > 0) == of.is_latency ? change::worse : change::better;
    return made;
}

comparison::row rate_row(const recording& before, const recording& after) {
    const std::optional<double> then = before.report.requests_per_second();
    const std::optional<double> now = after.report.requests_per_second();
    const auto text = [](std::optional<double> of) { return of ? readable(*of, 4) + "/s" : "-"; };
    comparison::row made = judge({then.value_or(0), now.value_or(0), rates(before), rates(after), false});
    made.name = "rate";
    made.before = text(then);
    made.after = text(now);
    return made;
}

comparison::row latency_row(std::string name, const pair& both) {
    comparison::row made = judge(both);
    const auto text = [](double of) { return of > 0 ? readable(std::chrono::duration<double>(of), 4) : "-"; };
    made.name = std::move(name);
    made.before = text(both.before);
    made.after = text(both.after);
    return made;
}

// Each of them is one too many: they are counted, not tested.
comparison::row count_row(std::string name, std::uint64_t then, std::uint64_t now) {
    comparison::row made;
    made.name = std::move(name);
    made.before = grouped(then);
    made.after = grouped(now);
    made.says = change::the_same;
    if (then > 0) made.changed_by = static_cast<double>(now) / static_cast<double>(then) - 1;
    if (now != then) made.says = now < then ? change::better : change::worse;
    return made;
}

std::string percent(double share, bool with_sign) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    if (std::abs(share) < 0.0005) share = 0;   // not "-0.0 %"
    if (with_sign) text << std::showpos;
    text << std::fixed << std::setprecision(std::abs(share) < 10 ? 1 : 0) << share * 100 << " %";
    return text.str();
}

}  // namespace

std::string to_text(change of) {
    switch (of) {
        case change::better: return "better";
        case change::worse: return "worse";
        case change::the_same: return "the same";
        case change::noise: return "no more than the noise";
        case change::too_short: return "too short to tell";
    }
    return "";
}

bool comparison::worse() const noexcept { return std::ranges::find(rows, change::worse, &row::says) != rows.end(); }

// The first slice in which everything was measured is left out, as connections begin in it, and the last in which something was
// sent, as it is no whole one; after it there are only answers.
steady steady_part(const recording& of) {
    const swarm::timeline& times = of.report.over_time;
    const auto sent = [](const slice& one) { return one.sent > 0; };
    const auto from_behind = std::find_if(times.slices().rbegin(), times.slices().rend(), sent);
    const auto sending = static_cast<std::size_t>(times.slices().rend() - from_behind);
    const std::size_t last = sending > 0 ? sending - 1 : 0;
    const auto before = static_cast<std::size_t>(of.measured_from() / times.width());
    return {.first = std::min(before + 1, last), .last = last};
}

comparison compare(const recording& before, const recording& after) {
    comparison made;
    made.rows.push_back(rate_row(before, after));
    const swarm::histogram& then = before.report.honest_latency();
    const swarm::histogram& now = after.report.honest_latency();
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}})
        made.rows.push_back(latency_row(name, {seconds(then.percentile(share)), seconds(now.percentile(share)),
                                               percentiles(before, share), percentiles(after, share), true}));
    made.rows.push_back(latency_row("max", {seconds(then.max()), seconds(now.max()), maxima(before), maxima(after), true}));
    made.rows.push_back(count_row("failures", before.report.failed(), after.report.failed()));
    made.rows.push_back(count_row("unsent", before.report.unsent.sum(), after.report.unsent.sum()));
    made.remarks = differences(before, after);
    std::string drifting;
    for (const comparison::row& one : made.rows)
        if (one.drifts) drifting += (drifting.empty() ? "" : ", ") + one.name;
    if (!drifting.empty())
        made.remarks.push_back("within a run these drift or jump, so that there is no mean to compare: " + drifting);
    return made;
}

std::string to_text(const comparison& of) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    const auto line = [&text](const std::string& name, const std::string& a, const std::string& b, const std::string& by,
                              const std::string& noise, const std::string& says) {
        text << std::left << std::setw(10) << name << std::right << std::setw(12) << a << std::setw(12) << b << std::setw(11)
             << by << std::setw(10) << noise << "  " << says << '\n';
    };
    line("", "A", "B", "change", "noise", "B is");
    for (const comparison::row& one : of.rows)
        line(one.name, one.before, one.after, one.changed_by ? percent(*one.changed_by, true) : "-",
             one.noise ? percent(*one.noise, false) : "-", to_text(one.says));
    for (const std::string& one : of.remarks) text << tools::fitted(one);
    return text.str();
}

}  // namespace hawser::swarm_program
