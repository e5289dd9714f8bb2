#include "summary.hpp"

#include "../view/readable.hpp"
#include "failures.hpp"

#include <hawser/bytes.hpp>
#include <tools/wrapping.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <iomanip>
#include <locale>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::swarm_program {

namespace {

constexpr std::size_t columns_of_text = 80;
constexpr std::size_t most_kinds_shown = 10;   // of errors; the page has all

using named_counts = std::vector<std::pair<std::string_view, std::uint64_t>>;

// Names on the left, and their values aligned on the right.
std::vector<std::string> column_of_counts(const named_counts& counts) {
    std::size_t longest_name = 0;
    std::size_t longest_value = 0;
    for (const auto& [name, value] : counts) {
        longest_name = std::max(longest_name, name.size());
        longest_value = std::max(longest_value, grouped(value).size());
    }
    std::vector<std::string> cells;
    for (const auto& [name, value] : counts) {
        const std::string shown = grouped(value);
        cells.emplace_back(name);
        cells.back().append(longest_name + 2 + longest_value - name.size() - shown.size(), ' ').append(shown);
    }
    return cells;
}

// What became of the requests on the left; what else came on the right.
std::string table_of_counts(const swarm::report& report) {
    const std::vector<std::string> left = column_of_counts({{"sent", report.sent},
                                                            {"unsent", report.unsent.sum()},
                                                            {"acked", report.acked},
                                                            {"missing", report.missing},
                                                            {"wrong", report.wrong}});
    const std::vector<std::string> right = column_of_counts({{"duplicate", report.duplicate},
                                                             {"unknown", report.unknown},
                                                             {"late", report.late},
                                                             {"errors", report.errors}});
    std::string text;
    for (std::size_t row = 0; row < left.size(); ++row)
        text += left[row] + (row < right.size() ? "    " + right[row] : "") + "\n";
    return text;
}

std::string row_of_latencies(std::string_view name, const std::array<std::string, 6>& cells) {
    constexpr std::size_t of_the_name = 14;
    constexpr std::size_t of_a_cell = 11;   // 14 + 6 * 11 = 80
    std::string text(name);
    text.resize(of_the_name, ' ');
    for (const std::string& cell : cells) text.append(of_a_cell - std::min(of_a_cell, cell.size()), ' ').append(cell);
    return text + "\n";
}

std::string row_of_latencies(std::string_view name, const swarm::histogram& latencies) {
    std::array<std::string, 6> cells;
    constexpr std::array<double, 5> shares{0.5, 0.9, 0.99, 0.999, 0.9999};
    std::ranges::transform(shares, cells.begin(),
                           [&latencies](double share) { return readable(latencies.percentile(share)); });
    cells.back() = readable(latencies.max());
    if (latencies.count() == 0) cells.fill("-");
    return row_of_latencies(name, cells);
}

std::string table_of_latencies(const swarm::report& report) {
    std::string text = row_of_latencies("latency", {"p50", "p90", "p99", "p99.9", "p99.99", "max"}) +
                       row_of_latencies("from sending", report.latency);
    if (report.latency_from_schedule.count() > 0)
        text += row_of_latencies("from schedule", report.latency_from_schedule);
    return text;
}

// The most frequent first.
std::string table_of_errors(const swarm::report& report) {
    std::vector<std::pair<std::uint64_t, std::string_view>> kinds;
    for (const auto& [what, times] : report.errors_by_kind) kinds.emplace_back(times, what);
    std::ranges::stable_sort(kinds, std::ranges::greater(), [](const auto& kind) { return kind.first; });
    const std::size_t longest = kinds.empty() ? 0 : grouped(kinds.front().first).size();
    std::string text;
    for (std::size_t i = 0; i < std::min(kinds.size(), most_kinds_shown); ++i) {
        const std::string times = grouped(kinds[i].first);
        const std::string line = (i == 0 ? "errors: " : "        ") + std::string(longest - times.size(), ' ') + times +
                                 " " + escaped(as_bytes(kinds[i].second), columns_of_text);   // it may be from a file
        text += line.substr(0, columns_of_text) + "\n";
    }
    if (kinds.size() > most_kinds_shown)
        text += "        and " + std::to_string(kinds.size() - most_kinds_shown) + " other kinds\n";
    return text;
}

// A server with another frame format says nothing, or closes. If nothing was acked, this is the most likely cause.
std::string hint_of(const swarm::report& report) {
    const bool closed = report.errors_by_kind.contains("connection lost: peer closed");
    if (report.acked > 0 || report.connections == 0 || (report.missing == 0 && !closed)) return "";
    return "hint: nothing was acked. Does the server cut its frames as --format says?\n";
}

// Longer than any message of our own.
constexpr std::size_t longest_error = 500;

std::string rate_line(const swarm::report& report) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    if (const std::optional<double> rate = report.requests_per_second())
        text << grouped(static_cast<std::uint64_t>(*rate + 0.5));
    else text << '-';
    text << " requests a second over " << std::fixed << std::setprecision(3);
    if (report.seconds > 0) text << std::max(report.seconds, report.planned_seconds) << " s\n";
    else text << "- s\n";
    return text.str();
}

std::string why_not_ok(const swarm::report& report) {
    std::string why;
    const auto add = [&why](const std::string& reason) { why += (why.empty() ? "" : ", ") + reason; };
    for (const failure& one : failures(report)) add(grouped(one.count) + " " + std::string(one.kind));
    if (report.errors > 0) add(grouped(report.errors) + " errors");
    if (report.interrupted) add("interrupted");
    if (report.measured == 0) add("nothing was measured");
    return why;
}

}   // namespace

std::string verdict_line(const swarm::report& report) {
    const std::string unsent = grouped(report.unsent.sum());
    if (report.good() && report.unsent.sum() > 0)
        return "ok: every submit that was sent was acked exactly once; " + unsent + " unsent, as may be";
    if (report.good()) return "ok: every submit was acked exactly once";
    // May be from a file.
    const std::string first = report.first_error.empty()
                                  ? ""
                                  : " (" + escaped(as_bytes(report.first_error), longest_error) + ")";
    return "not ok: " + why_not_ok(report) + first;
}

std::vector<std::string> reasons_for_unsent(const swarm::report& report) {
    std::vector<std::string> reasons;
    const auto add = [&reasons](std::uint64_t count, const char* why) {
        if (count > 0) reasons.push_back(grouped(count) + " unsent because of " + why);
    };
    add(report.unsent.by_server, "the server: no connection, or it answered more slowly than it was asked");
    add(report.unsent.by_window,
        "the window: with so few in flight this rate needs faster answers than the fastest; a larger --window, or more "
        "--clients");
    add(report.unsent.by_generator, "the load generator: its thread had no time; more --threads, or another machine");
    return reasons;
}

std::string text_summary(const swarm::report& report, const palette& colours) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << table_of_counts(report) << rate_line(report) << table_of_latencies(report) << table_of_errors(report);
    if (report.load_was_the_limit())
        text << "the load generator was the limit: its thread was busy for " << readable(report.busy * 100)
             << " % of the time\n";
    if (report.ignored > 0) text << grouped(report.ignored) << " frames ignored, as they are no answers\n";
    for (const std::string& one : reasons_for_unsent(report)) text << tools::wrapped(one);
    std::string judged = tools::wrapped(verdict_line(report));
    judged.pop_back();   // the end of the line is no part of the colour
    text << hint_of(report) << (report.good() ? colours.good(judged) : colours.bad(judged)) << '\n';
    return text.str();
}

}   // namespace hawser::swarm_program
