#include "summary.hpp"

#include "../view/readable.hpp"
#include "failures.hpp"

#include <hawser/bytes.hpp>
#include <tools/fitting.hpp>

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

// A name, and its value against the right edge of all values of the column.
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

// What became of what was to be sent, and what came besides.
std::string table_of_counts(const swarm::report& of) {
    const std::vector<std::string> left = column_of_counts(
        {{"sent", of.sent}, {"unsent", of.unsent.sum()}, {"acked", of.acked}, {"missing", of.missing}, {"wrong", of.wrong}});
    const std::vector<std::string> right =
        column_of_counts({{"duplicate", of.duplicate}, {"unknown", of.unknown}, {"late", of.late}, {"errors", of.errors}});
    std::string text;
    for (std::size_t row = 0; row < left.size(); ++row) text += left[row] + (row < right.size() ? "    " + right[row] : "") + "\n";
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

std::string row_of_latencies(std::string_view name, const swarm::histogram& of) {
    std::array<std::string, 6> cells;
    constexpr std::array<double, 5> shares{0.5, 0.9, 0.99, 0.999, 0.9999};
    std::ranges::transform(shares, cells.begin(), [&of](double share) { return readable(of.percentile(share)); });
    cells.back() = readable(of.max());
    if (of.count() == 0) cells.fill("-");
    return row_of_latencies(name, cells);
}

std::string table_of_latencies(const swarm::report& of) {
    std::string text = row_of_latencies("latency", {"p50", "p90", "p99", "p99.9", "p99.99", "max"}) + row_of_latencies("from sending", of.latency);
    if (of.latency_from_schedule.count() > 0) text += row_of_latencies("from schedule", of.latency_from_schedule);
    return text;
}

// The most frequent first.
std::string table_of_errors(const swarm::report& of) {
    std::vector<std::pair<std::uint64_t, std::string_view>> kinds;
    for (const auto& [what, times] : of.errors_by_kind) kinds.emplace_back(times, what);
    std::ranges::stable_sort(kinds, std::ranges::greater(), [](const auto& kind) { return kind.first; });
    const std::size_t longest = kinds.empty() ? 0 : grouped(kinds.front().first).size();
    std::string text;
    for (std::size_t i = 0; i < std::min(kinds.size(), most_kinds_shown); ++i) {
        const std::string times = grouped(kinds[i].first);
        const std::string line = (i == 0 ? "errors: " : "        ") + std::string(longest - times.size(), ' ') + times + " " +
                                 escaped(as_bytes(kinds[i].second), columns_of_text);   // it may be from a file
        text += line.substr(0, columns_of_text) + "\n";
    }
    if (kinds.size() > most_kinds_shown) text += "        and " + std::to_string(kinds.size() - most_kinds_shown) + " other kinds\n";
    return text;
}

// Servers of other frames say nothing, or go away: which is told of in errors, and means this more often than anything else.
std::string hint_of(const swarm::report& of) {
    const bool closed = of.errors_by_kind.contains("connection lost: peer closed");
    if (of.acked > 0 || of.connections == 0 || (of.missing == 0 && !closed)) return "";
    return "hint: nothing was acked. Does the server cut its frames as --format says?\n";
}

// More than any error of ours has.
constexpr std::size_t longest_error = 500;

std::string rate_line(const swarm::report& of) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    if (const std::optional<double> rate = of.requests_per_second()) text << grouped(static_cast<std::uint64_t>(*rate + 0.5));
    else text << '-';
    text << " requests a second over " << std::fixed << std::setprecision(3);
    if (of.seconds > 0) text << std::max(of.seconds, of.planned_seconds) << " s\n";
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

}  // namespace

std::string verdict_line(const swarm::report& of) {
    const std::string unsent = grouped(of.unsent.sum());
    if (of.good() && of.unsent.sum() > 0) return "ok: every submit that was sent was acked exactly once; " + unsent + " unsent, as may be";
    if (of.good()) return "ok: every submit was acked exactly once";
    const std::string first = of.first_error.empty() ? "" : " (" + escaped(as_bytes(of.first_error), longest_error) + ")";   // may be from a file
    return "not ok: " + why_not_ok(of) + first;
}

std::vector<std::string> reasons_for_unsent(const swarm::report& of) {
    std::vector<std::string> made;
    const auto add = [&made](std::uint64_t count, const char* why) {
        if (count > 0) made.push_back(grouped(count) + " unsent because of " + why);
    };
    add(of.unsent.by_server, "the server: no connection, or it answered more slowly than it was asked");
    add(of.unsent.by_window, "the window: with so few in flight this rate needs faster answers than the fastest; a larger --window, or more --clients");
    add(of.unsent.by_generator, "the load generator: its thread had no time; more --threads, or another machine");
    return made;
}

std::string text_summary(const swarm::report& of, const palette& in) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << table_of_counts(of) << rate_line(of) << table_of_latencies(of) << table_of_errors(of);
    if (of.load_was_the_limit())
        text << "the load generator was the limit: its thread was busy for " << readable(of.busy * 100) << " % of the time\n";
    if (of.ignored > 0) text << grouped(of.ignored) << " frames ignored, as they are no answers\n";
    for (const std::string& one : reasons_for_unsent(of)) text << tools::fitted(one);
    std::string judged = tools::fitted(verdict_line(of));
    judged.pop_back();   // the end of the line is no part of the colour
    text << hint_of(of) << (of.good() ? in.good(judged) : in.bad(judged)) << '\n';
    return text.str();
}

}  // namespace hawser::swarm_program
