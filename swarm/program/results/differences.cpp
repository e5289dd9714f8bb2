#include "differences.hpp"

#include "../view/readable.hpp"

#include <hawser/bytes.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace hawser::swarm_program {

namespace {

// Options by name. The values of one that is given more than once are joined.
using option_map = std::map<std::string, std::string>;

constexpr std::array<std::string_view, 6> not_the_plan{"--json",    "--html",   "--quiet",
                                                       "--verbose", "--expect", "--seed"};

option_map read_options(const std::vector<std::string>& typed) {
    option_map options;
    for (std::size_t i = 0; i < typed.size(); ++i) {
        const std::size_t sign = typed[i].find('=');
        const std::string name = typed[i].substr(0, sign);
        const bool has_next = i + 1 < typed.size() && !typed[i + 1].starts_with("--");
        std::string value = "given";
        if (sign != std::string::npos) value = typed[i].substr(sign + 1);
        else if (has_next) value = typed[++i];
        if (std::ranges::find(not_the_plan, name) != not_the_plan.end()) continue;
        std::string& all = options[name];
        all += (all.empty() ? "" : ",") + value;
    }
    return options;
}

void add(std::string& to, const std::string& what) { to += (to.empty() ? "" : ", ") + what; }

std::string option_differences(const process& before, const process& after) {
    const option_map then = read_options(before.options);
    const option_map now = read_options(after.options);
    std::set<std::string> names;
    for (const option_map& one : {then, now})
        for (const auto& [name, value] : one) names.insert(name);
    const auto value = [](const option_map& options, const std::string& name) {
        const auto found = options.find(name);
        return found == options.end() ? "not given" : found->second;
    };
    std::string all;
    for (const std::string& name : names)
        if (value(then, name) != value(now, name))
            add(all, name + " " + value(then, name) + " and " + value(now, name));
    return all;
}

std::string machine_differences(const machine& before, const machine& after) {
    std::string all;
    const auto compare = [&all](const std::string& what, const std::string& then, const std::string& now) {
        if (then != now) add(all, what + " " + then + " and " + now);
    };
    compare("processor", before.cpu, after.cpu);
    compare("processors", std::to_string(before.processors), std::to_string(after.processors));
    compare("kernel", before.kernel, after.kernel);
    compare("hawser", before.hawser, after.hawser);
    return all;
}

template <class Describe, class Member>
std::string first_difference(const recording& before, const recording& after, Describe describe, Member part) {
    if (before.processes.size() != after.processes.size())
        return std::to_string(before.processes.size()) + " and " + std::to_string(after.processes.size()) +
               " processes";
    for (std::size_t i = 0; i < before.processes.size(); ++i) {
        const std::string found = describe(std::invoke(part, before.processes[i]),
                                           std::invoke(part, after.processes[i]));
        if (!found.empty()) return found;
    }
    return {};
}

void add_limit(std::vector<std::string>& to, const char* run, const swarm::report& report) {
    if (!report.load_was_the_limit()) return;
    to.push_back(std::string("the load generator was the limit in ") + run + ": a thread of it was busy for " +
                 readable(report.busy * 100) +
                 " % of the time, so what is said of the server may be said of the generator");
}

}   // namespace

std::vector<std::string> differences(const recording& before, const recording& after) {
    std::vector<std::string> found;
    const std::string plans = first_difference(before, after, &option_differences, std::identity());
    // Whatever the files say.
    const auto shown = [](const std::string& text) { return escaped(as_bytes(text), 1000); };
    if (!plans.empty()) found.push_back("the plans differ: " + shown(plans));
    const std::string machines = first_difference(before, after, &machine_differences, &process::machine);
    if (!machines.empty()) found.push_back("the machines differ: " + shown(machines));
    add_limit(found, "A", before.report);
    add_limit(found, "B", after.report);
    return found;
}

}   // namespace hawser::swarm_program
