#include "table.hpp"

#include "../view/readable.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>

namespace hawser::swarm_program {

namespace {

constexpr int digits = 2;   // of times and sizes; more if there are more before the point

using cells = std::array<std::string, 6>;

bool was_run(const attack_result& result) noexcept {
    return result.verdict == attack_verdict::passed || result.verdict == attack_verdict::failed;
}

std::string attackers_cell(const attack_result& result) {
    const attacker_totals& all = result.attackers;
    switch (result.server_must) {
        case duty::close:
            return std::to_string(all.closed) + "/" + std::to_string(all.connected) + " closed" +
                   (all.closed > 0 ? ", " + readable(all.last_closed, digits) : "");
        case duty::answer:
            return std::to_string(all.answered) +
                   (all.answered < all.requests ? "/" + std::to_string(all.requests) : "") + " answered";
        case duty::survive: return std::to_string(all.connections) + " connections";
    }
    return "";
}

std::string mebibytes(std::optional<std::size_t> size) {
    return size ? readable(static_cast<double>(*size) / (1024 * 1024), digits) : "?";
}

// "-" if no good client had an answer.
std::string p99_cell(const attack_result& result) {
    return result.good.has_p99() ? readable(result.good.p99(), digits) : "-";
}

std::string acked_cell(const swarm::report& report) {
    return std::to_string(report.acked) + (report.acked == report.sent ? "" : "/" + std::to_string(report.sent));
}

cells cells_of(const attack_result& result, const swarm_program::baseline& baseline) {
    const std::string verdict(text_of(result.verdict));
    if (!was_run(result)) return {std::string(result.attack->name), "-", "-", "-", "-", verdict};
    return {std::string(result.attack->name),
            attackers_cell(result),
            acked_cell(result.good.report),
            p99_cell(result),
            baseline.memory ? mebibytes(result.memory_peak) + ", " + mebibytes(result.memory_after) : "-",
            verdict};
}

std::string line_of(const cells& row, const std::array<std::size_t, std::tuple_size_v<cells>>& widths) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
        std::string cell = row[column];
        cell.resize(std::max(cell.size(), widths[column]), ' ');
        line += (column == 0 ? "" : "  ") + cell;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string counts(const std::vector<attack_result>& results) {
    std::string text;
    constexpr std::array order = {attack_verdict::passed, attack_verdict::failed, attack_verdict::not_applicable,
                                  attack_verdict::interrupted, attack_verdict::not_run};
    for (const attack_verdict which : order) {
        const auto count = std::ranges::count(results, which, &attack_result::verdict);
        if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(text_of(which));
    }
    return text + "\n";
}

double micros(io::duration took) { return std::chrono::duration<double, std::micro>(took).count(); }

boost::json::value size_json(std::optional<std::size_t> size) {
    return size ? boost::json::value(*size) : boost::json::value(nullptr);
}

boost::json::value seconds_json(const attacker_totals& totals) {
    if (totals.closed == 0) return nullptr;
    return std::chrono::duration<double>(totals.last_closed).count();
}

boost::json::object json_of(const attack_result& result, const swarm_program::baseline& baseline) {
    boost::json::array why;
    for (const std::string& reason : result.reasons) why.emplace_back(reason);
    boost::json::object object{{"attack", result.attack->name}, {"verdict", text_of(result.verdict)}, {"why", why}};
    if (!was_run(result)) return object;
    const swarm::report& good = result.good.report;
    object["attackers"] = {
        {"connections", result.attackers.connections}, {"connected", result.attackers.connected},
        {"closed", result.attackers.closed},           {"last_closed_seconds", seconds_json(result.attackers)},
        {"requests", result.attackers.requests},       {"answered", result.attackers.answered}};
    object["good"] = {{"sent", good.sent},
                      {"unsent", good.unsent.sum()},
                      {"acked", good.acked},
                      {"missing", good.missing},
                      {"wrong", good.wrong},
                      {"errors", good.errors},
                      {"newcomers", result.good.newcomers},
                      {"newcomers_served", result.good.served},
                      {"p99_us_before", micros(baseline.p99)},
                      {"p99_us", result.good.has_p99() ? boost::json::value(micros(result.good.p99()))
                                                       : boost::json::value(nullptr)},
                      {"own_pause_us", micros(result.own_pause)}};
    object["serves"] = result.is_up;
    object["memory"] = {{"before", size_json(result.memory_before)},
                        {"peak", size_json(result.memory_peak)},
                        {"after", size_json(result.memory_after)}};
    return object;
}

}   // namespace

std::string text_table(const std::vector<attack_result>& results, const swarm_program::baseline& baseline) {
    std::vector<cells> lines = {{"attack", "attackers", "acked", "p99", "MiB", "verdict"}};
    for (const attack_result& result : results) lines.push_back(cells_of(result, baseline));
    std::array<std::size_t, std::tuple_size_v<cells>> widths{};
    for (const cells& line : lines)
        for (std::size_t column = 0; column < widths.size(); ++column)
            widths[column] = std::max(widths[column], line[column].size());
    std::string text;
    for (const cells& line : lines) text += line_of(line, widths);
    text += "acked, p99: of the good clients, " + readable(baseline.p99, digits) + " without an attack\n";
    if (baseline.memory)
        text += "MiB: of the server, at most and seconds after it; " + mebibytes(baseline.memory) +
                " before the first attack\n";
    for (const attack_result& result : results)
        for (const std::string& reason : result.reasons)
            text += std::string(result.attack->name) + ": " + std::string(text_of(result.verdict)) + ": " + reason +
                    "\n";
    return text + counts(results);
}

std::string json_table(const std::vector<attack_result>& results, const swarm_program::baseline& baseline) {
    boost::json::array all;
    for (const attack_result& result : results) all.push_back(json_of(result, baseline));
    return boost::json::serialize(all) + "\n";
}

bool all_passed(const std::vector<attack_result>& results) noexcept {
    const auto is_fine = [](const attack_result& result) {
        return result.verdict == attack_verdict::passed || result.verdict == attack_verdict::not_applicable;
    };
    return std::ranges::all_of(results, is_fine);
}

}   // namespace hawser::swarm_program
