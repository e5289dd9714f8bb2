#include "table.hpp"

#include "../view/readable.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>

namespace hawser::swarm_program {

namespace {

constexpr int digits = 2;   // of times and sizes, or as many as stand before the point

using cells = std::array<std::string, 6>;

bool was_run(const row& of) noexcept { return of.is == verdict::passed || of.is == verdict::failed; }

std::string attackers_cell(const row& of) {
    const tally& all = of.attackers;
    switch (of.server_must) {
        case duty::close:
            return std::to_string(all.closed) + "/" + std::to_string(all.connected) + " closed" +
                   (all.closed > 0 ? ", " + readable(all.last_closed, digits) : "");
        case duty::answer:
            return std::to_string(all.answered) + (all.answered < all.asked ? "/" + std::to_string(all.asked) : "") +
                   " answered";
        case duty::survive: return std::to_string(all.connections) + " connections";
    }
    return "";
}

std::string mebibytes(std::optional<std::size_t> size) {
    return size ? readable(static_cast<double>(*size) / (1024 * 1024), digits) : "?";
}

// Of good clients who had an answer.
std::string p99_cell(const row& of) { return of.good.has_p99() ? readable(of.good.p99(), digits) : "-"; }

std::string acked_cell(const swarm::report& of) {
    return std::to_string(of.acked) + (of.acked == of.sent ? "" : "/" + std::to_string(of.sent));
}

cells cells_of(const row& of, const baseline& alone) {
    const std::string verdict(text_of(of.is));
    if (!was_run(of)) return {std::string(of.what->name), "-", "-", "-", "-", verdict};
    return {std::string(of.what->name), attackers_cell(of), acked_cell(of.good.report), p99_cell(of),
            alone.memory ? mebibytes(of.peak) + ", " + mebibytes(of.after) : "-", verdict};
}

std::string line_of(const cells& of, const std::array<std::size_t, std::tuple_size_v<cells>>& widths) {
    std::string line;
    for (std::size_t column = 0; column < of.size(); ++column) {
        std::string cell = of[column];
        cell.resize(std::max(cell.size(), widths[column]), ' ');
        line += (column == 0 ? "" : "  ") + cell;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string counts(const std::vector<row>& rows) {
    std::string text;
    constexpr std::array order = {verdict::passed, verdict::failed, verdict::not_applicable, verdict::interrupted,
                                  verdict::not_run};
    for (const verdict which : order) {
        const auto count = std::ranges::count(rows, which, &row::is);
        if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(text_of(which));
    }
    return text + "\n";
}

double micros(io::duration took) { return std::chrono::duration<double, std::micro>(took).count(); }

boost::json::value size_json(std::optional<std::size_t> size) {
    return size ? boost::json::value(*size) : boost::json::value(nullptr);
}

boost::json::value seconds_json(const tally& of) {
    if (of.closed == 0) return nullptr;
    return std::chrono::duration<double>(of.last_closed).count();
}

boost::json::object json_of(const row& of, const baseline& alone) {
    boost::json::array why;
    for (const std::string& reason : of.why) why.emplace_back(reason);
    boost::json::object made{{"attack", of.what->name}, {"verdict", text_of(of.is)}, {"why", why}};
    if (!was_run(of)) return made;
    const swarm::report& good = of.good.report;
    made["attackers"] = {{"connections", of.attackers.connections},
                         {"connected", of.attackers.connected},
                         {"closed", of.attackers.closed},
                         {"last_closed_seconds", seconds_json(of.attackers)},
                         {"requests", of.attackers.asked},
                         {"answered", of.attackers.answered}};
    made["good"] = {{"sent", good.sent},
                    {"unsent", good.unsent.sum()},
                    {"acked", good.acked},
                    {"missing", good.missing},
                    {"wrong", good.wrong},
                    {"errors", good.errors},
                    {"newcomers", of.good.newcomers},
                    {"newcomers_served", of.good.served},
                    {"p99_us_before", micros(alone.p99)},
                    {"p99_us", of.good.has_p99() ? boost::json::value(micros(of.good.p99())) : boost::json::value(nullptr)},
                    {"own_pause_us", micros(of.own_pause)}};
    made["serves"] = of.is_up;
    made["memory"] = {{"before", size_json(of.before)}, {"peak", size_json(of.peak)}, {"after", size_json(of.after)}};
    return made;
}

}  // namespace

std::string text_table(const std::vector<row>& rows, const baseline& alone) {
    std::vector<cells> lines = {{"attack", "attackers", "acked", "p99", "MiB", "verdict"}};
    for (const row& one : rows) lines.push_back(cells_of(one, alone));
    std::array<std::size_t, std::tuple_size_v<cells>> widths{};
    for (const cells& line : lines)
        for (std::size_t column = 0; column < widths.size(); ++column)
            widths[column] = std::max(widths[column], line[column].size());
    std::string text;
    for (const cells& line : lines) text += line_of(line, widths);
    text += "acked, p99: of the good clients, " + readable(alone.p99, digits) + " without an attack\n";
    if (alone.memory) text += "MiB: of the server, at most and seconds after it; " + mebibytes(alone.memory) + " before the first attack\n";
    for (const row& one : rows)
        for (const std::string& reason : one.why)
            text += std::string(one.what->name) + ": " + std::string(text_of(one.is)) + ": " + reason + "\n";
    return text + counts(rows);
}

std::string json_table(const std::vector<row>& rows, const baseline& alone) {
    boost::json::array all;
    for (const row& one : rows) all.push_back(json_of(one, alone));
    return boost::json::serialize(all) + "\n";
}

bool all_passed(const std::vector<row>& rows) noexcept {
    const auto is_fine = [](const row& one) { return one.is == verdict::passed || one.is == verdict::not_applicable; };
    return std::ranges::all_of(rows, is_fine);
}

}  // namespace hawser::swarm_program
