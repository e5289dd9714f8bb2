#include "options.hpp"

#include "descriptor_room.hpp"
#include "load_text.hpp"
#include "messages/framing_check.hpp"
#include "sources.hpp"

#include <hawser/packet/packets.hpp>
#include <hawser/swarm/code_name.hpp>
#include <tools/frame_room.hpp>
#include <tools/output_file.hpp>

#include <unistd.h>

#include <algorithm>

namespace hawser::swarm_program {

namespace {

const std::string more_help =
    "A LOAD is a number of submits a second; FROM..TO:TIME if it changes evenly, RATE:TIME if it lasts so long; and "
    "more of them after commas. The swarm ends with it. So 1000:10s,5000:10s are two steps, and 0..5000:30s,5000 is a "
    "ramp whose end goes on: until --duration or --count, or on a terminal until Ctrl-C. What is overdue at the end of "
    "the last TIME, or of --duration, is sent for one more --timeout.\n\n"
    "On a terminal a picture shows how it goes. Elsewhere each step is a line on standard output, and with --quiet "
    "there is the summary only. NO_COLOR turns colours off, TERM=dumb the picture, too.\n\n"
    "An ack that is not there within --timeout is missing and frees its place; after that it is late.\n\n"
    "A TEMPLATE is the body of a message of your own protocol, instead of a submit: hex digits and \"text\", with "
    "fields {counter:SIZE} (the number of the message on its connection, which begins again where it is full; then "
    ":le, or :decimal, if it is not big-endian), {length:SIZE} (of the whole body, in bytes; :le and :decimal as "
    "well), {random:SIZE} or {random:LEAST-MOST}, and {letters:SIZE}; or @FILE, whose bytes are the body. Several are "
    "sent in turn. Their answers come in order, unless --match says where an answer has the number of its message. A "
    "message without a {counter} gets it written there, too. What comes by itself, a heartbeat, say, is no answer if "
    "--ignore says so. --first is a login: it is sent once a connection, before anything else; its {counter} is the "
    "number of the client. Neither it nor its answer, which is waited for, is measured.\n\n"
    "Ctrl-C (SIGINT, and SIGTERM and SIGHUP) ends it: what is in flight is waited for, and the results are written. A "
    "second one, half a second later or more, does not wait; a third ends the program on the spot, with status 3 and "
    "no results.\n\n"
    "Exit status: 0 every submit of the plan was sent, and acked exactly once on its connection, with its own id and "
    "result 0, and every --expect was kept; 1 anything else, and if nothing was measured; 2 bad options.\n\n"
    "--expect takes a name, one of < <= == != >= > and a value, and knows sent unsent acked missing duplicate wrong "
    "unknown late ignored errors, rate (acks a second), and the latencies p50 p90 p99 p999 p9999 max, with --rate from "
    "when a submit should have been sent. Unsent is what the --rate or --count had and what was never sent; it is no "
    "failure by itself if an --expect names it. Of less than ten acks there is no rate, and no --expect is kept that "
    "is of what was not measured.\n\n"
    "--json writes the keys sent acked missing duplicate wrong unknown late errors unsent seconds requests_per_second "
    "load_busy (the share of the time for which this program had a processor: from 0.95 on it was itself the limit) "
    "latency_us{p50,p90,p99,p999,p9999,max}, and with --rate latency_from_schedule_us, on every exit. And: connections "
    "measured measured_from_seconds interrupted first_error errors_by_kind processes (options, plan, machine, start) "
    "latency_histogram timeline: docs/swarm-results.md. --html writes a page of it, for looking at. A file that cannot "
    "be written is refused before anything is sent.\n\n";

constexpr const char* examples = "Examples:\n"
                                 "  hawser-swarm --connect :8888\n"
                                 "  hawser-swarm --connect :8888 --clients 100 --count 2000 --interval 0 \\\n"
                                 "      --window 32 --quiet\n"
                                 "  hawser-swarm --connect :8888 --clients 50 --rate 20000 --window 64 \\\n"
                                 "      --duration 10s --json result.json\n"
                                 "  hawser-swarm --connect :8888 --clients 50 --rate 0..20000:30s,20000:1m \\\n"
                                 "      --arrivals poisson --window 1000\n"
                                 "  hawser-swarm --connect :7 --message '{counter:4} \"ping\" {random:32}' \\\n"
                                 "      --match 0:4 --echo --format prefix-body:width=2\n"
                                 "  hawser-swarm --connect :8888 --clients 20000 --threads 2 --connect-rate 2000 \\\n"
                                 "      --life 30s --source 127.0.1.0/24\n"
                                 "  hawser-swarm --connect :8888 --attack all --pid $(pidof hawser-server)\n";

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

// Also for the answers, which are longer than the shortest submits.
std::optional<std::string> no_room_for_submits(const swarm::plan& plan) {
    constexpr std::size_t header = packet::packet_layout<packet::submit>::smallest_body;
    const std::size_t payload = plan.payload_size.value_or(swarm::code_name::longest);
    const std::size_t whole = std::max(header + payload, payload);   // if there is no such number
    if (auto trouble = tools::no_room(plan.codec, whole,
                                      "a payload of " + std::to_string(payload) + " bytes and the " +
                                          std::to_string(header) + " before it"))
        return trouble;
    constexpr std::size_t hello = header + packet::hello.size();
    if (plan.hello) {
        if (auto trouble = tools::no_room(plan.codec, hello, "the conn of --hello")) return trouble;
    }
    return tools::no_room(plan.codec, packet::packet_layout<packet::submit_ack>::smallest_body, "a submit_ack");
}

std::optional<std::string> complete_submits(options& options) {
    swarm::plan& plan = options.plan;
    if (options.answers.match || options.answers.good)
        return "--match and --good are about the answers to a --message, and there is none";
    if (options.answers.echo) plan.traffic = echoed_submits();
    if (auto trouble = no_room_for_submits(plan)) return trouble;
    return unframeable(plan.traffic, plan.payload_size, plan.codec);
}

std::optional<std::string> complete_messages(options& options) {
    swarm::plan& plan = options.plan;
    if (options.messages.empty()) return complete_submits(options);
    if (plan.payload_size) return "--payload-size is of submits, and a --message has its own";
    const std::size_t size = std::ranges::max(options.messages, {}, &message::most_size).most_size();
    if (auto trouble = tools::no_room(plan.codec, size, "a message of " + std::to_string(size) + " bytes"))
        return trouble;
    plan.traffic = traffic_of(options.messages, options.answers);
    if (plan.window > plan.traffic.last)
        return "--window is " + std::to_string(plan.window) + ", and the numbers of the messages end at " +
               std::to_string(plan.traffic.last) + ": no more than that can be told apart";
    return unframeable(options.messages, options.answers.match, plan.codec);
}

// What is no request, or no answer to one.
std::optional<std::string> complete_others(options& options) {
    swarm::traffic& traffic = options.plan.traffic;
    if (!options.ignored.empty()) traffic.is_ignored = ignoring(options.ignored);
    if (options.first_good && !options.first) return "--first-good is about the answer to --first, and there is none";
    if (!options.first) return std::nullopt;
    if (!options.attack.names.empty()) return "--first is a login, and the clients of an --attack do not log in";
    const std::vector<message> alone{*options.first};
    if (const auto why = unframeable(alone, std::nullopt, options.plan.codec)) return "--first: " + *why;
    if (const auto counter = options.first->counter(); counter && options.plan.clients > counter->last())
        return "--first: a client's number is in its {counter}, which has room for " + std::to_string(counter->last()) +
               ", and there are " + std::to_string(options.plan.clients) + " clients";
    traffic.first = opening_of(*options.first, options.first_good);
    return std::nullopt;
}

// What ends the load, if no --count does.
std::optional<std::string> complete_end(options& options, io::duration sends_for) {
    if (options.has_count) return std::nullopt;
    if (sends_for == swarm::load_shape::for_ever) {
        // Ten of each client; or attacks end it.
        if (!options.plan.rate || !options.attack.names.empty()) return std::nullopt;
        if (::isatty(STDERR_FILENO) != 1 && ::isatty(STDOUT_FILENO) != 1)
            return "a --rate that goes on needs --duration or --count: there is no terminal on which somebody could "
                   "end it with Ctrl-C";
        options.ends_with_ctrl_c = true;
    }
    options.plan.count.reset();
    return std::nullopt;
}

}   // namespace

tools::command_line describe(options& options) {
    tools::command_line line(
        "hawser-swarm", "--connect ADDR [options]",
        "Runs many clients that submit to one server, and checks every answer.\n"
        "hawser-swarm merge A.json B.json... and hawser-swarm compare A.json B.json: see their --help.",
        more_help + attack_help() + examples);
    line.add("connect", "ADDR", "HOST:PORT, [V6]:PORT, :PORT (loopback) or unix:PATH",
             tools::into_address(options.connect));
    describe_load(options, line);
    describe_connections(options, line);
    describe_messages(options, line);
    describe_results(options, line);
    return line;
}

std::optional<std::string> complete(options& options) {
    swarm::plan& plan = options.plan;
    if (!options.connect) return "--connect ADDR is missing";
    plan.connect = *options.connect;
    if (auto trouble = fit_descriptors(options)) return trouble;
    if (options.attack.has_details && options.attack.names.empty())
        return "--attackers, --attack-time, --closed-within, --p99-within and --pid are about an --attack, and there "
               "is none";
    if (!options.json.empty() && tools::is_one_file(options.json, options.html))
        return "--json and --html name the same file";
    if (!options.attack.names.empty() && !options.html.empty()) return "--html shows a load, and --attack has a table";
    if (!options.attack.names.empty() && !options.expected.empty())
        return "--expect judges a load, and --attack judges by itself (--p99-within, --closed-within)";
    if (options.has_arrivals && !plan.rate)
        return "--arrivals says how the submits of a --rate come, and there is none";
    if (!plan.sources.empty() && plan.connect.what != io::address::kind::tcp)
        return "--source is of TCP, and --connect is not";
    const io::duration sends_for = plan.sends_for();
    if (plan.warmup >= sends_for) return "the --rate is over before the --warmup is: nothing would be measured";
    if (options.quiet && options.verbose) return "--quiet and --verbose exclude each other";
    if (auto trouble = complete_end(options, sends_for)) return trouble;
    if (sends_for <= plan.connects_at(plan.clients))
        return "the load is over before the --connect-rate has connected all clients";
    if (options.max_frame) plan.codec = plan.codec.with_max_frame(*options.max_frame);
    if (auto trouble = complete_messages(options)) return trouble;
    return complete_others(options);
}

}   // namespace hawser::swarm_program
