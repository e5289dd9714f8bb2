#include "page.hpp"

#include "../results/summary.hpp"
#include "../view/readable.hpp"
#include "markup.hpp"
#include "page_charts.hpp"
#include "page_form.hpp"

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

// A whole share is the largest, exactly.
std::string latency_markup(const swarm::histogram& of, double share) {
    if (of.count() == 0) return not_measured;
    return time_markup(share < 1 ? of.percentile(share) : of.max());
}

std::string main_figures(const swarm::report& of) {
    const swarm::histogram& latency = of.honest_latency();
    const auto time = [&latency](double share) { return latency_markup(latency, share); };
    return tile("rate", rate_markup(of.requests_per_second()), "/s") + tile("p50", time(0.5), "") + tile("p99", time(0.99), "") +
           tile("p99.9", time(0.999), "") + tile("max", time(1), "") +
           tile("failures", grouped(of.failed()), grouped(of.sent) + " sent");
}

std::string remarks(const recording& of) {
    std::string made;
    const auto add = [&made](const std::string& text) { made += "<p class=\"remark\">" + markup(text) + "</p>\n"; };
    if (of.report.load_was_the_limit())
        add("The load generator was the limit: a thread of it was busy for " + readable(of.report.busy * 100) +
            " % of the time. A faster one would have asked the server for more.");
    for (const std::string& one : reasons_for_unsent(of.report)) add(one);
    if (of.apart() > std::chrono::seconds(1))
        add("These processes did not begin together, but " + readable(of.apart()) + " apart.");
    return made;
}

std::string latency_table(const recording& of) {
    static constexpr std::array<std::pair<const char*, double>, 6> shares{
        {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}, {"max", 1}}};
    const bool two = of.has_schedule();
    std::string made = "<tr><th></th>";
    if (two) made += "<th scope=\"col\">from schedule</th>";
    made += "<th scope=\"col\">from sending</th></tr>\n";
    const auto cell = [](const swarm::histogram& in, double share) { return "<td>" + latency_markup(in, share) + "</td>"; };
    for (const auto& [name, share] : shares)
        made += std::string("<tr><th scope=\"row\">") + name + "</th>" +
                (two ? cell(of.report.latency_from_schedule, share) : "") + cell(of.report.latency, share) + "</tr>\n";
    return made;
}

std::string counters_markup(const swarm::report& of) {
    return row("sent", grouped(of.sent)) + row("unsent", grouped(of.unsent.sum())) + row("acked", grouped(of.acked)) + row("measured", grouped(of.measured)) +
           row("missing", grouped(of.missing)) + row("duplicate", grouped(of.duplicate)) + row("wrong", grouped(of.wrong)) +
           row("unknown", grouped(of.unknown)) + row("late", grouped(of.late)) + row("ignored", grouped(of.ignored)) + row("errors", grouped(of.errors)) +
           row("connections", grouped(of.connections)) + row("measured for", of.seconds > 0 ? readable(of.seconds, 4) + " s" : not_measured);
}

std::string errors(const swarm::report& of) {
    if (of.errors_by_kind.empty()) return "<tr><td>None.</td></tr>\n";
    std::string made;
    for (const auto& [what, times] : of.errors_by_kind) made += row(what, grouped(times));
    return made;
}

// As one would type it: quoted where a shell would make something else of it.
std::string quoted(const std::string& word) {
    if (!word.empty() && word.find_first_of(" \t\n'\"\\$`|&;<>()*?[]#~!{}") == std::string::npos) return word;
    std::string made = "'";
    for (const char letter : word) made += letter == '\'' ? "'\\''" : std::string(1, letter);
    return made + "'";
}

std::string command(const std::vector<std::string>& options) {
    std::string made = "hawser-swarm";
    for (const std::string& one : options) made += " " + quoted(one);
    return made;
}

std::string interval(const figures& of) {
    if (!of.interval) return "on a schedule";
    return *of.interval == io::duration::zero() ? "none" : time_markup(*of.interval);
}

std::string plan_rows(const figures& of) {
    return row("clients", grouped(of.clients)) + row("window", grouped(of.window)) +
           row("submits of each", of.count ? grouped(*of.count) : "no limit") +
           row("interval", interval(of)) +
           (of.warmup > io::duration::zero() ? row("warm-up", time_markup(of.warmup)) : "") +
           row("sends for", of.sends_for ? time_markup(*of.sends_for) : "until all are sent") +
           (of.payload_size ? row("payload", grouped(*of.payload_size) + " bytes") : "") +
           row("time-out", time_markup(of.timeout)) + row("seed", std::to_string(of.seed));
}

std::string machine_rows(const process& of) {
    return row("processor", of.where.cpu) + row("processors", std::to_string(of.where.processors)) +
           row("kernel", of.where.kernel) + row("hawser", of.where.hawser) + row("started", to_text(of.started));
}

std::string processes(const recording& of) {
    const std::size_t all = of.processes.size();
    std::string made;
    for (std::size_t i = 0; i < all; ++i) {
        const process& one = of.processes[i];
        const std::string which = all == 1 ? "" : ", process " + std::to_string(i + 1) + " of " + std::to_string(all);
        made += "<section class=\"process\">\n<h2>Plan" + which + "</h2>\n<pre>" + markup(command(one.options)) +
                "</pre>\n<div class=\"two\">\n<table class=\"plan\">\n" + plan_rows(one.plan) + "</table>\n<table class=\"machine\">\n" + machine_rows(one) +
                "</table>\n</div>\n</section>\n";
    }
    return made;
}

}  // namespace

std::string to_page(const recording& of) {
    const bool two = of.has_schedule();
    return filled(page_form, {{"mark", of.report.good() ? "good" : "bad"},
                              {"verdict", markup(verdict_line(of.report))},
                              {"started", of.processes.empty() ? "" : to_text(of.processes.front().started)},
                              {"figures", main_figures(of.report)},
                              {"basis", two ? "Latencies count from when a request was due." : "Latencies count from sending."},
                              {"remarks", remarks(of)},
                              {"rate", rate_picture(of)},
                              {"latency", latency_picture(of)},
                              {"percentiles", percentile_picture(of)},
                              {"histogram", histogram_picture(of)},
                              {"latency_table", latency_table(of)},
                              {"counters", counters_markup(of.report)},
                              {"errors", errors(of.report)},
                              {"processes", processes(of)}});
}

}  // namespace hawser::swarm_program
