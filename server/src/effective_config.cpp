#include "effective_config.hpp"

#include <hawser/io/descriptors.hpp>
#include <hawser/io/machine.hpp>
#include <hawser/server/address_rate.hpp>
#include <hawser/server/admission.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace hawser::inline v0::server {

namespace {

// With less than this a server is of no use: what its defaults never ask for in vain, however little there is.
constexpr std::size_t fewest_connections = 16;
constexpr std::size_t short_frame = 1024 * 1024;

// Of what a server opens itself, once its listeners are there: one in reserve, and a newcomer that is turned away.
constexpr std::size_t beside_connections = 2;

// Of each io_context: epoll, its timer, and what wakes it.
constexpr std::size_t descriptors_of_thread = 3;

// Of all that is neither a thread nor a listener: signals, the front's timer, what is kept in
// reserve, and one connection.
constexpr std::size_t descriptors_of_the_rest = 8;

// What a server is to have room for in any case.
std::size_t connections_asked_for(const config& settings) {
    return settings.admission.max_connections.value_or(fewest_connections);
}

// As much as is needed for what was asked for, if the machine has it.
std::size_t default_budget(const config& settings, std::size_t longest_frame) {
    const io::memory_limits limits = io::limits_of_memory();
    const std::size_t threads = std::max(1U, settings.threads);
    const memory_plan asked_for{.threads = threads, .connections = connections_asked_for(settings)};
    const std::size_t least = memory_plan{.threads = 1, .connections = fewest_connections}.needed(short_frame);
    const std::size_t most = std::max(least, limits.most());
    return std::max(limits.share(), std::min(asked_for.needed(longest_frame), most));
}

void check(const datagram_limits& of) {
    const auto refuse = [](const char* name, std::size_t value, const std::string& least_or_most) {
        throw std::invalid_argument("datagrams." + std::string(name) + " is " + std::to_string(value) + ": " +
                                    least_or_most);
    };
    constexpr std::size_t longest = datagram_limits().largest;
    if (of.largest == 0 || of.largest > longest)
        refuse("largest", of.largest, "from 1 to the " + std::to_string(longest) + " bytes that IPv4 can carry");
    if (of.under_way == 0) refuse("under_way", 0, "no handler that waits could begin");
    if (of.addresses == 0) refuse("addresses", 0, "the rate of nobody could be known");
    if (of.receive_buffer < 0) throw std::invalid_argument("datagrams.receive_buffer is negative");
    static_cast<void>(address_rate("datagrams.rate", of.rate));
}

// Of what can be told from the config alone.
void check(const config& settings) {
    const auto refuse_negative = [](const char* name, auto value) {
        if (value < decltype(value)::zero()) throw std::invalid_argument(std::string(name) + " is negative");
    };
    refuse_negative("first_frame_timeout", settings.limits.first_frame_timeout);
    refuse_negative("frame_timeout", settings.limits.frame_timeout);
    refuse_negative("idle_timeout", settings.limits.idle_timeout);
    refuse_negative("write_stall_timeout", settings.limits.write_stall_timeout);
    refuse_negative("drain_timeout", settings.drain_timeout);
    refuse_negative("linger", settings.linger);
    refuse_negative("reconnect_within", settings.reconnect_within);
    refuse_negative("request_timeout", settings.request_timeout);
    refuse_negative("strangers.timeout", settings.strangers.timeout);
    refuse_negative("max_lifetime", settings.max_lifetime);
    refuse_negative("ping_interval", settings.ping_interval);
    refuse_negative("push_timeout", settings.limits.push_timeout);
    check(settings.datagrams);
    if (settings.events.size() > event_list::most)
        throw std::invalid_argument("events: there are " + std::to_string(settings.events.size()) + ", and at most " +
                                    std::to_string(event_list::most) + " are told");
    if (std::ranges::count(settings.events, nullptr) > 0) throw std::invalid_argument("events: one of them is null");
    constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    if (settings.reconnect_within > std::chrono::milliseconds(most))
        throw std::invalid_argument("reconnect_within is " + std::to_string(settings.reconnect_within.count()) +
                                    " ms, but go_away has room for " + std::to_string(most));
}

// What was asked for is refused if the format cannot have it; by default it is as short as it can be.
frame::any_codec for_strangers(const frame::any_codec& format, const std::optional<std::size_t>& max_frame) {
    constexpr std::size_t usual = 64 * 1024;
    if (max_frame) return format.with_max_frame(*max_frame);
    try {
        return format.with_max_frame(std::min(usual, format.max_frame()));
    } catch (const std::invalid_argument&) {
        return format;
    }
}

io::frame_limits with_outbound_cap(io::frame_limits limits, std::size_t cap) {
    limits.outbound_cap = std::min(limits.outbound_cap, cap);
    return limits;
}

config completed(config given) {
    check(given);
    if (!given.answer_codec) given.answer_codec = given.codec;
    return given;
}

}   // namespace

effective_config::effective_config(config given)
    : config(completed(std::move(given))),
      longest_frame_(std::max(codec.max_frame(), outgoing().max_frame())),
      budget_(memory_budget ? *memory_budget : default_budget(*this, longest_frame_)),
      limits_of_all_(io::shared_limits(limits, longest_frame_)),
      incoming_of_strangers_(for_strangers(codec, strangers.max_frame)),
      outgoing_of_strangers_(for_strangers(outgoing(), strangers.max_frame)),
      limits_of_strangers_(io::shared_limits(with_outbound_cap(limits, outgoing_of_strangers_.max_frame()),
                                             outgoing_of_strangers_.max_frame())) {
    static_cast<void>(plan_now(threads_now()));
}

unsigned effective_config::threads_now() const {
    if (threads != 0) return threads;
    const std::size_t free = io::free_descriptors();
    const std::size_t connections = std::min(connections_asked_for(*this), std::max(free, fewest_connections));
    const memory_plan plan{.budget = budget_, .connections = connections};
    const std::size_t others = descriptors_of_the_rest + listen.size();
    // A half is for connections.
    const std::size_t with_descriptors = std::min(free / 2, free - std::min(free, others)) / descriptors_of_thread;
    std::size_t fit = std::min(plan.threads_within(longest_frame_), with_descriptors);
    if (admission.max_connections) fit = std::min(fit, connections);
    return static_cast<unsigned>(std::clamp<std::size_t>(fit, 1, io::usable_processors()));
}

memory_plan effective_config::plan_now(std::size_t of_threads) const {
    memory_plan plan{.budget = budget_, .threads = of_threads};
    const class admission door(admission, io::descriptor_limit());
    const std::size_t free = io::free_descriptors();
    plan.connections = std::min(door.max_connections(), free - std::min(free, beside_connections));
    if (!admission.max_connections)
        plan.connections = std::min(plan.connections, plan.connections_within(longest_frame_));
    plan.connections = std::max<std::size_t>(1, plan.connections);
    try {
        plan.check(longest_frame_, admission.max_connections.has_value());
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(error.what() + what_to_change());
    }
    return plan;
}

// What was asked for, of what is too much.
std::string effective_config::what_to_change() const {
    std::string text = memory_budget ? ": raise memory_budget" : ": set memory_budget";
    if (admission.max_connections) text += ", lower max_connections";
    if (threads > 1) text += ", have fewer threads";
    return text + ", or allow shorter frames only";
}

std::string effective_config::remedy_of(const error_code& why) const {
    if (why == boost::system::errc::too_many_files_open_in_system) return ": raise fs.file-max";
    if (why != boost::system::errc::too_many_files_open) return {};
    const std::string text = ": raise ulimit -n (now " + std::to_string(io::descriptor_limit()) + ")";
    return threads > 1 ? text + ", or have fewer threads" : text;
}

bool has_room_for_a_connection() noexcept { return io::free_descriptors() > beside_connections; }

}   // namespace hawser::server
