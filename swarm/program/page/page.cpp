#include "page.hpp"

#include "../results/summary.hpp"
#include "../view/readable.hpp"
#include "markup.hpp"
#include "page_charts.hpp"
#include "page_template.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

namespace hawser::swarm_program {

namespace {

constexpr const char* not_measured = "–";

std::string rate_markup(std::optional<double> rate) {
    if (!rate) return not_measured;
    const bool has_fraction = *rate < 100;
    const bool is_a_count = *rate < static_cast<double>(most_counted);   // a file may say anything
    return has_fraction || !is_a_count ? readable(*rate) : grouped(static_cast<std::uint64_t>(std::llround(*rate)));
}

std::string row(const std::string& name, const std::string& value) {
    return "<tr><th scope=\"row\">" + markup(name) + "</th><td>" + markup(value) + "</td></tr>\n";
}

std::string tile(const std::string& name, const std::string& value, const std::string& note) {
    const std::string small = note.empty() ? "" : " <small>" + markup(note) + "</small>";
    return "<div><dt>" + markup(name) + "</dt><dd>" + markup(value) + small + "</dd></div>\n";
}

// A share of 1 is the maximum, exactly.
std::string latency_markup(const swarm::histogram& latency, double share) {
    if (latency.count() == 0) return not_measured;
    return time_markup(share < 1 ? latency.percentile(share) : latency.max());
}

std::string main_figures(const swarm::report& report) {
    const swarm::histogram& latency = report.honest_latency();
    const auto time = [&latency](double share) { return latency_markup(latency, share); };
    return tile("rate", rate_markup(report.requests_per_second()), "/s") + tile("p50", time(0.5), "") +
           tile("p99", time(0.99), "") + tile("p99.9", time(0.999), "") + tile("max", time(1), "") +
           tile("failures", grouped(report.failed()), grouped(report.sent) + " sent");
}

std::string remarks(const recording& run) {
    std::string html;
    const auto add = [&html](const std::string& text) { html += "<p class=\"remark\">" + markup(text) + "</p>\n"; };
    if (run.report.load_was_the_limit())
        add("The load generator was the limit: a thread of it was busy for " + readable(run.report.busy * 100) +
            " % of the time. A faster one would have asked the server for more.");
    for (const std::string& one : reasons_for_unsent(run.report)) add(one);
    if (run.start_spread() > std::chrono::seconds(1))
        add("These processes did not begin together, but " + readable(run.start_spread()) + " apart.");
    return html;
}

std::string latency_table(const recording& run) {
    static constexpr std::array<std::pair<const char*, double>, 6> shares{
        {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}, {"max", 1}}};
    const bool two = run.has_schedule();
    std::string html = "<tr><th></th>";
    if (two) html += "<th scope=\"col\">from schedule</th>";
    html += "<th scope=\"col\">from sending</th></tr>\n";
    const auto cell = [](const swarm::histogram& in, double share) {
        return "<td>" + latency_markup(in, share) + "</td>";
    };
    for (const auto& [name, share] : shares)
        html += std::string("<tr><th scope=\"row\">") + name + "</th>" +
                (two ? cell(run.report.latency_from_schedule, share) : "") + cell(run.report.latency, share) +
                "</tr>\n";
    return html;
}

std::string counters_markup(const swarm::report& report) {
    return row("sent", grouped(report.sent)) + row("unsent", grouped(report.unsent.sum())) +
           row("acked", grouped(report.acked)) + row("measured", grouped(report.measured)) +
           row("missing", grouped(report.missing)) + row("duplicate", grouped(report.duplicate)) +
           row("wrong", grouped(report.wrong)) + row("unknown", grouped(report.unknown)) +
           row("late", grouped(report.late)) + row("ignored", grouped(report.ignored)) +
           row("errors", grouped(report.errors)) + row("connections", grouped(report.connections)) +
           row("measured for", report.seconds > 0 ? readable(report.seconds, 4) + " s" : not_measured);
}

std::string errors(const swarm::report& report) {
    if (report.errors_by_kind.empty()) return "<tr><td>None.</td></tr>\n";
    std::string html;
    for (const auto& [what, times] : report.errors_by_kind) html += row(what, grouped(times));
    return html;
}

// Quoted where a shell would change it.
std::string quoted(const std::string& word) {
    if (!word.empty() && word.find_first_of(" \t\n'\"\\$`|&;<>()*?[]#~!{}") == std::string::npos) return word;
    std::string html = "'";
    for (const char letter : word) html += letter == '\'' ? "'\\''" : std::string(1, letter);
    return html + "'";
}

std::string command(const std::vector<std::string>& options) {
    std::string html = "hawser-swarm";
    for (const std::string& one : options) html += " " + quoted(one);
    return html;
}

std::string interval(const plan_summary& plan) {
    if (!plan.interval) return "on a schedule";
    return *plan.interval == io::duration::zero() ? "none" : time_markup(*plan.interval);
}

std::string plan_rows(const plan_summary& plan) {
    return row("clients", grouped(plan.clients)) + row("window", grouped(plan.window)) +
           row("submits of each", plan.count ? grouped(*plan.count) : "no limit") + row("interval", interval(plan)) +
           (plan.warmup > io::duration::zero() ? row("warm-up", time_markup(plan.warmup)) : "") +
           row("sends for", plan.sends_for ? time_markup(*plan.sends_for) : "until all are sent") +
           (plan.payload_size ? row("payload", grouped(*plan.payload_size) + " bytes") : "") +
           row("time-out", time_markup(plan.timeout)) + row("seed", std::to_string(plan.seed));
}

std::string machine_rows(const process& process) {
    return row("processor", process.machine.cpu) + row("processors", std::to_string(process.machine.processors)) +
           row("kernel", process.machine.kernel) + row("hawser", process.machine.hawser) +
           row("started", to_text(process.started));
}

std::string processes(const recording& run) {
    const std::size_t all = run.processes.size();
    std::string html;
    for (std::size_t i = 0; i < all; ++i) {
        const process& one = run.processes[i];
        const std::string which = all == 1 ? "" : ", process " + std::to_string(i + 1) + " of " + std::to_string(all);
        html += "<section class=\"process\">\n<h2>Plan" + which + "</h2>\n<pre>" + markup(command(one.options)) +
                "</pre>\n<div class=\"two\">\n<table class=\"plan\">\n" + plan_rows(one.plan) +
                "</table>\n<table class=\"machine\">\n" + machine_rows(one) + "</table>\n</div>\n</section>\n";
    }
    return html;
}

}   // namespace

std::string to_page(const recording& run) {
    const bool two = run.has_schedule();
    return filled(page_template,
                  {{"mark", run.report.good() ? "good" : "bad"},
                   {"verdict", markup(verdict_line(run.report))},
                   {"started", run.processes.empty() ? "" : to_text(run.processes.front().started)},
                   {"figures", main_figures(run.report)},
                   {"basis", two ? "Latencies count from when a request was due." : "Latencies count from sending."},
                   {"remarks", remarks(run)},
                   {"rate", rate_picture(run)},
                   {"latency", latency_picture(run)},
                   {"percentiles", percentile_picture(run)},
                   {"histogram", histogram_picture(run)},
                   {"latency_table", latency_table(run)},
                   {"counters", counters_markup(run.report)},
                   {"errors", errors(run.report)},
                   {"processes", processes(run)}});
}

}   // namespace hawser::swarm_program
