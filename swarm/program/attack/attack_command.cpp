#include "attack_command.hpp"

#include "campaign.hpp"
#include "server_process.hpp"
#include "table.hpp"

#include "../interrupts.hpp"

#include <hawser/io/spawn.hpp>
#include <hawser/swarm/random_values.hpp>
#include <tools/file.hpp>
#include <tools/quantity.hpp>

#include <algorithm>
#include <iostream>
#include <limits>
#include <ostream>
#include <stdexcept>

namespace hawser::swarm_program {

namespace {

std::string names_of_all() {
    std::string names;
    for (const attack& one : all_attacks()) names += std::string(one.name) + " ";
    return names + "all";
}

std::vector<std::string> parse_names(const std::string& text) {
    std::vector<std::string> names;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        names.push_back(text.substr(from, comma - from));
        if (names.back() != "all" && find_attack(names.back()) == nullptr)
            throw std::invalid_argument("there is no attack '" + names.back() + "'; there are " + names_of_all());
        from = comma + 1;
    }
    return names;
}

// What makes no sense, in a line.
std::string refusal(const swarm::plan& plan) {
    if (plan.rate && plan.rate->lasts() != swarm::load_shape::for_ever)
        return "with --attack a --rate has to go on for ever: the attacks end the good load";
    swarm::random_source random = swarm::seeded(plan.seed);
    std::optional<swarm::payload_source> payloads;
    if (plan.payload_size) payloads.emplace(*plan.payload_size, random);
    swarm::random_values values(random, payloads ? &*payloads : nullptr);
    byte_buffer body, wire;
    error_code error = plan.traffic.make(1, values, body);
    if (!error) error = plan.codec.encode(body.view(), wire);
    return error ? "no request has a frame of this format: " + error.message() : std::string();
}

io::task<void> run_campaign(campaign& attacks, io::asio::io_context& context) {
    co_await attacks.run();
    context.stop();
}

void run(campaign& attacks) {
    io::asio::io_context context(1);
    const auto rethrow = [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    };
    io::spawn(context, obey_interrupts([&] { attacks.stop(); }, [&] { context.stop(); }), rethrow);
    io::spawn(context, run_campaign(attacks, context), rethrow);
    context.run();
}

}   // namespace

void add_attack_options(tools::command_line& line, attack_options& options) {
    line.add("attack", "NAMES", "misbehave on purpose in these ways, while the clients behave; see below",
             [&options](const std::string& text) {
                 options.names = parse_names(text);
                 return true;
             });
    // About attacks, so that they make no sense alone.
    const auto add = [&](const std::string& name, const std::string& value, const std::string& help,
                         tools::value_parser parse) {
        line.add(name, value, help, [&options, parse = std::move(parse)](const std::string& text) {
            options.has_details = true;
            return parse(text);
        });
    };
    add("attackers", "N",
        "connections of an attack at a time, 1 to 100000; default 50, or as many as there are descriptors for",
        [&options](const std::string& text) {
            options.has_attackers = true;
            return tools::into_count(options.attackers, 1, 100'000)(text);
        });
    add("attack-time", "TIME", "of an attack that does not end by itself; default 10s",
        tools::into_positive_duration(options.attack_time));
    add("closed-within", "TIME", "how long the server may take to close an attacker that it has to close; default 35s",
        tools::into_positive_duration(options.closed_within));
    add("p99-within", "TIME", "of the good clients; default ten times what it is without an attack, but 50ms at least",
        [&options](const std::string& text) {
            return tools::into_positive_duration(options.p99_within.emplace())(text);
        });
    add("pid", "PID", "of the server, with --attack: it has to live, and its memory to return",
        [&options](const std::string& text) {
            const auto pid = tools::parse_count(text);
            if (!pid || *pid == 0 || *pid > std::numeric_limits<std::uint32_t>::max()) return false;
            options.pid = static_cast<std::uint32_t>(*pid);
            return true;
        });
}

std::string attack_help() {
    std::string text =
        "--attack takes names after commas, or all. --clients and --rate are the good load (default 500 submits a "
        "second) that is measured meanwhile; --count, --duration, --warmup and --threads do not count, and --expect, "
        "--first and --html are refused. A table says for each attack what became of the attackers, what the good "
        "clients felt, whether the server still served, and its memory. The exit status is 0 only if all passed. "
        "--json writes the table as an array. The attacks:\n";
    for (const attack& one : all_attacks()) {
        std::string name(one.name);
        name.resize(20, ' ');
        text += "  " + name + std::string(one.description) + "\n";
    }
    return text + "\n";
}

int run_attacks(const attack_options& options, const swarm::plan& plan, const attack_output& output,
                const tools::command_line& line) {
    if (const std::string why_not = refusal(plan); !why_not.empty()) return line.refuse(why_not);
    if (options.pid && !server_process(*options.pid).resident())
        return line.fail("there is no process " + std::to_string(*options.pid));
    std::ostream nowhere(nullptr);
    campaign attacks(options, plan, output.quiet ? nowhere : std::cerr);
    run(attacks);
    if (attacks.trouble().empty()) std::cout << text_table(attacks.results(), attacks.baseline()) << std::flush;
    else static_cast<void>(line.fail(attacks.trouble()));
    if (!output.json.empty()) {
        const std::string why = tools::write_file(output.json, json_table(attacks.results(), attacks.baseline()));
        if (!why.empty()) return line.fail("cannot write " + output.json + ": " + why);
    }
    return all_passed(attacks.results()) ? 0 : 1;   // with trouble, nothing was run
}

}   // namespace hawser::swarm_program
