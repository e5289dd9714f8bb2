#include "comparison.hpp"

#include "../view/readable.hpp"
#include "differences.hpp"
#include "estimate.hpp"

#include <tools/wrapping.hpp>

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

// So many answers should be slower than a percentile: with fewer it is mere chance.
constexpr double beyond_percentile = 10;

std::span<const slice> measured(const recording& run) {
    const slice_range part = steady_part(run);
    return std::span(run.report.over_time.slices()).subspan(part.first, part.last - part.first);
}

std::vector<double> rates(const recording& run) {
    std::vector<double> samples;
    for (const slice& one : measured(run))
        samples.push_back(static_cast<double>(one.acked) / seconds(run.report.over_time.width()));
    return samples;
}

// The percentile, interpolated within its bucket: the top of a coarse bucket stays the same for a change of up to 3 %,
// and then jumps by 3 %.
double fine_percentile(const swarm::histogram& latencies, double share) {
    const double rank = share * static_cast<double>(latencies.count());
    double seen = 0;
    for (const auto& [top, times] : latencies.buckets()) {
        const auto here = static_cast<double>(times);
        if (seen + here < rank) {
            seen += here;
            continue;
        }
        const auto end = static_cast<std::uint64_t>(std::chrono::nanoseconds(top).count()) + 1;
        const int cut = static_cast<int>(std::bit_width(end - 1)) -
                        static_cast<int>(swarm::histogram::precision::coarse) - 1;
        const double width = std::exp2(std::max(0, cut));
        return (static_cast<double>(end) - width * (1 - (rank - seen) / here)) / 1e9;
    }
    return 0;
}

// Takes one sample of as many neighbouring slices as it takes to have enough answers.
template <class Sample>
std::vector<double> latencies(const recording& run, double answers, Sample sample) {
    std::vector<double> samples;
    swarm::histogram sum(swarm::histogram::precision::coarse);
    for (const slice& one : measured(run)) {
        sum.merge(one.latency);
        if (sum.count() == 0 || static_cast<double>(sum.count()) < answers) continue;
        samples.push_back(sample(sum));
        sum = swarm::histogram(swarm::histogram::precision::coarse);
    }
    return samples;
}

// Latencies are compared by their logarithms: they are never negative and have a long tail, so they vary by factors,
// and one stall would dominate a plain mean.
double as_factor(double latency) { return std::log(std::max(1e-9, latency)); }

std::vector<double> percentiles(const recording& run, double share) {
    return latencies(run, beyond_percentile / (1 - share),
                     [share](const swarm::histogram& some) { return as_factor(fine_percentile(some, share)); });
}

std::vector<double> maxima(const recording& run) {
    return latencies(run, 1, [](const swarm::histogram& some) { return as_factor(seconds(some.max())); });
}

// A figure of two runs: of each as a whole, and in samples.
struct figure_pair {
    double before;
    double after;
    std::vector<double> samples_before;
    std::vector<double> samples_after;
    bool is_latency;   // less is better, and the samples are logarithms
};

// The whole runs and their samples must agree: one stall moves a maximum but not the samples, and coarse samples may
// show a small change that the whole runs do not have.
comparison::row judge(const figure_pair& figure) {
    comparison::row row;
    if (figure.before > 0 && (figure.after > 0 || !figure.is_latency))
        row.changed_by = figure.after / figure.before - 1;
    if (!figure.is_latency && figure.before > 0 && figure.after == 0) {   // it fell to nothing: no noise explains that
        row.verdict = change::worse;
        return row;
    }
    const std::optional<estimate> before = estimate::from_samples(figure.samples_before);
    const std::optional<estimate> after = estimate::from_samples(figure.samples_after);
    const auto drifts = [](const std::vector<double>& in, bool known) {
        return !known && in.size() >= estimate::fewest_samples;
    };
    row.drifts = drifts(figure.samples_before, before.has_value()) || drifts(figure.samples_after, after.has_value());
    if (!row.changed_by || !before || !after || (!figure.is_latency && !(before->mean > 0))) return row;
    const double in_slices = after->mean - before->mean;
    const double most = margin(*before, *after);
    row.noise = figure.is_latency ? std::expm1(most) : most / before->mean;
    row.verdict = change::noise;
    const bool agree = (in_slices > 0) == (*row.changed_by > 0);
    if (std::abs(*row.changed_by) < smallest_change || std::abs(in_slices) <= most || !agree) return row;
    row.verdict = (*row.changed_by > 0) == figure.is_latency ? change::worse : change::better;
    return row;
}

comparison::row rate_row(const recording& before, const recording& after) {
    const std::optional<double> then = before.report.requests_per_second();
    const std::optional<double> now = after.report.requests_per_second();
    const auto text = [](std::optional<double> rate) { return rate ? readable(*rate, 4) + "/s" : "-"; };
    comparison::row row = judge({then.value_or(0), now.value_or(0), rates(before), rates(after), false});
    row.name = "rate";
    row.before = text(then);
    row.after = text(now);
    return row;
}

comparison::row latency_row(std::string name, const figure_pair& figure) {
    comparison::row row = judge(figure);
    const auto text = [](double latency) {
        return latency > 0 ? readable(std::chrono::duration<double>(latency), 4) : "-";
    };
    row.name = std::move(name);
    row.before = text(figure.before);
    row.after = text(figure.after);
    return row;
}

// Counts of failures are compared exactly, without noise: even one is too many.
comparison::row count_row(std::string name, std::uint64_t then, std::uint64_t now) {
    comparison::row row;
    row.name = std::move(name);
    row.before = grouped(then);
    row.after = grouped(now);
    row.verdict = change::the_same;
    if (then > 0) row.changed_by = static_cast<double>(now) / static_cast<double>(then) - 1;
    if (now != then) row.verdict = now < then ? change::better : change::worse;
    return row;
}

std::string percent(double share, bool with_sign) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    if (std::abs(share) < 0.0005) share = 0;   // not "-0.0 %"
    if (with_sign) text << std::showpos;
    text << std::fixed << std::setprecision(std::abs(share) < 10 ? 1 : 0) << share * 100 << " %";
    return text.str();
}

}   // namespace

std::string to_text(change change) {
    switch (change) {
        case change::better: return "better";
        case change::worse: return "worse";
        case change::the_same: return "the same";
        case change::noise: return "no more than the noise";
        case change::too_short: return "too short to tell";
    }
    return "";
}

bool comparison::worse() const noexcept { return std::ranges::find(rows, change::worse, &row::verdict) != rows.end(); }

// Leaves out the first slice that is all measured, as connections begin in it, and the last slice in which something
// was sent, as it is not a whole one. After that there are only answers.
slice_range steady_part(const recording& run) {
    const swarm::timeline& times = run.report.over_time;
    const auto sent = [](const slice& one) { return one.sent > 0; };
    const auto last_sending = std::find_if(times.slices().rbegin(), times.slices().rend(), sent);
    const auto sending = static_cast<std::size_t>(times.slices().rend() - last_sending);
    const std::size_t last = sending > 0 ? sending - 1 : 0;
    const auto before = static_cast<std::size_t>(run.measured_from() / times.width());
    return {.first = std::min(before + 1, last), .last = last};
}

comparison compare(const recording& before, const recording& after) {
    comparison found;
    found.rows.push_back(rate_row(before, after));
    const swarm::histogram& then = before.report.honest_latency();
    const swarm::histogram& now = after.report.honest_latency();
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}})
        found.rows.push_back(latency_row(name, {seconds(then.percentile(share)), seconds(now.percentile(share)),
                                                percentiles(before, share), percentiles(after, share), true}));
    found.rows.push_back(latency_row("max",
                                     {seconds(then.max()), seconds(now.max()), maxima(before), maxima(after), true}));
    found.rows.push_back(count_row("failures", before.report.failed(), after.report.failed()));
    found.rows.push_back(count_row("unsent", before.report.unsent.sum(), after.report.unsent.sum()));
    found.remarks = differences(before, after);
    std::string drifting;
    for (const comparison::row& one : found.rows)
        if (one.drifts) drifting += (drifting.empty() ? "" : ", ") + one.name;
    if (!drifting.empty())
        found.remarks.push_back("within a run these drift or jump, so that there is no mean to compare: " + drifting);
    return found;
}

std::string to_text(const comparison& found) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    const auto line = [&text](const std::string& name, const std::string& a, const std::string& b,
                              const std::string& by, const std::string& noise, const std::string& verdict) {
        text << std::left << std::setw(10) << name << std::right << std::setw(12) << a << std::setw(12) << b
             << std::setw(11) << by << std::setw(10) << noise << "  " << verdict << '\n';
    };
    line("", "A", "B", "change", "noise", "B is");
    for (const comparison::row& one : found.rows)
        line(one.name, one.before, one.after, one.changed_by ? percent(*one.changed_by, true) : "-",
             one.noise ? percent(*one.noise, false) : "-", to_text(one.verdict));
    for (const std::string& one : found.remarks) text << tools::wrapped(one);
    return text.str();
}

}   // namespace hawser::swarm_program
