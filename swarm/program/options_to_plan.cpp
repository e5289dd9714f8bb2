// What was typed, as a plan: complete(). What makes no sense together is refused here.
#include "descriptor_room.hpp"
#include "messages/framing_check.hpp"
#include "options.hpp"

#include <hawser/packet/packets.hpp>
#include <hawser/swarm/code_name.hpp>
#include <tools/frame_room.hpp>
#include <tools/output_file.hpp>

#include <unistd.h>

#include <algorithm>

namespace hawser::swarm_program {

namespace {

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
