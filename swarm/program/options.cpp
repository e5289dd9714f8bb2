// What can be typed.
#include "options.hpp"

#include "load_text.hpp"
#include "options_help.hpp"
#include "sources.hpp"

#include <tools/output_file.hpp>

namespace hawser::swarm_program {

namespace {

void describe_load(options& options, tools::command_line& line) {
    swarm::plan& plan = options.plan;
    line.add("clients", "N", "connections, 1 to 1000000; default 5, or as many as there are descriptors for",
             [&options](const std::string& text) {
                 options.has_clients = true;
                 return tools::into_count(options.plan.clients, 1, 1'000'000)(text);
             });
    line.add("threads", "N", "threads that have them, 1 to 64; default 1", tools::into_count(options.threads, 1, 64));
    line.add("count", "N", "submits of each client; default 10, or no limit with --duration or --rate",
             [&options](const std::string& text) {
                 options.plan.count = tools::parse_count(text);
                 options.has_count = options.plan.count.has_value();
                 return options.has_count;
             });
    line.add("interval", "TIME", "between the submits of a client; 0: as fast as the window allows; default 1s",
             tools::into_duration(plan.interval));
    line.add("window", "W", "submits of a client that may wait for their acks, 1 to 1000000; default 1",
             tools::into_count(plan.window, 1, 1'000'000));
    line.add("rate", "LOAD", "submits a second of the whole swarm, on a schedule, instead of --interval",
             [&plan](const std::string& text) {
                 plan.rate = parse_load(text);
                 return true;
             });
    line.add("arrivals", "HOW",
             "how they come, with --rate: even (the default), poisson, or bursts:N for which --window has room",
             [&options](const std::string& text) {
                 options.plan.arrivals = parse_arrivals(text);
                 options.has_arrivals = true;
                 return true;
             });
    line.add("warmup", "TIME", "what is due before is checked, but is no part of rates and latencies",
             tools::into_duration(plan.warmup));
    line.add("duration", "TIME", "stop sending after this; --warmup comes before it",
             tools::into_duration(plan.duration));
    line.add("timeout", "TIME", "to connect, and for each ack; default 5s",
             tools::into_positive_duration(plan.timeout));
}

void describe_connections(options& options, tools::command_line& line) {
    swarm::plan& plan = options.plan;
    line.add("connect-rate", "R", "connections made a second, of the whole swarm; default: all at once",
             [&plan](const std::string& text) {
                 const auto rate = tools::parse_rate(text);
                 plan.connect_rate = rate.value_or(0);
                 return rate.has_value();
             });
    line.add("life", "TIME", "of a connection: then its client ends it in peace and makes a new one; default: never",
             tools::into_duration(plan.life));
    line.add_switch("reconnect",
                    "make a new connection, too, for one that was lost or could not be made, until the load ends",
                    plan.reconnect);
    line.add(
        "source", "BLOCK", "an address to come from, or a block (127.0.1.0/24) to be used in turn, when ports run out",
        [&plan](const std::string& text) {
            add_sources(text, plan.sources);
            return true;
        },
        true);
}

void describe_messages(options& options, tools::command_line& line) {
    swarm::plan& plan = options.plan;
    line.add("payload-size", "SIZE", "bytes a payload; default: code names", tools::into_size(plan.payload_size));
    line.add(
        "message", "TEMPLATE", "a message of your own protocol, instead of submits; see below",
        [&options](const std::string& text) {
            options.messages.push_back(message::parse(text));
            return true;
        },
        true);
    line.add("match", "PLACE",
             "OFFSET:SIZE of the message's number in an answer, and :le or :decimal; default: answers come in order",
             [&options](const std::string& text) {
                 options.answers.match = number_field::parse(text);
                 return true;
             });
    line.add("good", "OFFSET:HEX", "an answer of your own protocol without these bytes there is wrong",
             [&options](const std::string& text) {
                 options.answers.good = expected_bytes::parse(text);
                 return true;
             });
    line.add(
        "ignore", "OFFSET:HEX", "a frame with these bytes there is no answer, and only counted",
        [&options](const std::string& text) {
            options.ignored.push_back(expected_bytes::parse(text));
            return true;
        },
        true);
    line.add("first", "TEMPLATE", "a message that each connection begins with, a login, say; see below",
             [&options](const std::string& text) {
                 options.first = message::parse(text);
                 return true;
             });
    line.add("first-good", "OFFSET:HEX",
             "what the answer to it has to have there, or the connection has failed; default: anything",
             [&options](const std::string& text) {
                 options.first_good = expected_bytes::parse(text);
                 return true;
             });
    line.add_switch("echo", "an answer that is not what was sent, byte for byte, is wrong", options.answers.echo);
    line.add("format", "SPEC", "how frames are cut; default prefix-self (see hawser-frame --help)",
             tools::into_format(plan.codec));
    line.add("max-frame", "SIZE", "longest frame sent or received; default 1MiB", tools::into_size(options.max_frame));
    line.add_switch("hello", "begin each connection with a conn that says hawser/1", plan.hello);
    line.add("ping-interval", "TIME", "send pings; default: none", tools::into_duration(plan.ping_interval));
    line.add("seed", "S", "of payloads and of random arrivals; default: a random one",
             [&plan](const std::string& text) {
                 const auto seed = tools::parse_count(text);
                 plan.seed = seed.value_or(0);
                 return seed.has_value();
             });
}

void describe_results(options& options, tools::command_line& line) {
    line.add_switch("quiet", "only the summary, and on a terminal the picture", options.quiet);
    line.add_switch("verbose", "a line for each step, on a terminal too, instead of the picture", options.verbose);
    line.add(
        "expect", "WHAT", "exit 1 if it is not so, and say what was, as in 'p99<5ms'; see below",
        [&options](const std::string& text) {
            options.expected.push_back(expectation::parse(text));
            return true;
        },
        true);
    add_attack_options(line, options.attack);
    line.add("json", "FILE", "write the result there as JSON too, with all that is known of the run",
             tools::into_output_file(options.json));
    line.add("html", "FILE", "write it there as a page, which needs nothing else",
             tools::into_output_file(options.html));
}

}   // namespace

tools::command_line describe(options& options) {
    tools::command_line line(
        "hawser-swarm", "--connect ADDR [options]",
        "Runs many clients that submit to one server, and checks every answer.\n"
        "hawser-swarm merge A.json B.json... and hawser-swarm compare A.json B.json: see their --help.",
        std::string(more_help) + attack_help() + std::string(examples));
    line.add("connect", "ADDR", "HOST:PORT, [V6]:PORT, :PORT (loopback) or unix:PATH",
             tools::into_address(options.connect));
    describe_load(options, line);
    describe_connections(options, line);
    describe_messages(options, line);
    describe_results(options, line);
    return line;
}

}   // namespace hawser::swarm_program
