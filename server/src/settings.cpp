#include "settings.hpp"

#include <hawser/io/descriptors.hpp>
#include <hawser/server/admission.hpp>
#include <hawser/server/events.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>

namespace hawser::server {

unsigned threads_of(const config& settings) {
    return std::max(1U, settings.threads != 0 ? settings.threads : std::thread::hardware_concurrency());
}

std::size_t longest_frame(const config& settings) {
    return std::max(settings.codec.max_frame(), settings.answer_codec.value_or(settings.codec).max_frame());
}

memory_plan plan_of(const config& settings) {
    memory_plan plan{.budget = settings.memory_budget ? *settings.memory_budget : default_memory_budget(),
                     .threads = threads_of(settings)};
    const admission door(settings.admission, io::descriptor_limit());
    plan.connections = door.max_connections();
    const std::size_t fit = plan.connections_within(longest_frame(settings));
    if (!settings.admission.max_connections && fit > 0) plan.connections = std::min(plan.connections, fit);
    return plan;
}

admission_limits limits_of(const config& settings) {
    admission_limits limits = settings.admission;
    limits.max_connections = plan_of(settings).connections;
    return limits;
}

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
    refuse_negative("max_lifetime", settings.max_lifetime);
    refuse_negative("ping_interval", settings.ping_interval);
    refuse_negative("push_timeout", settings.limits.push_timeout);
    plan_of(settings).check(longest_frame(settings));
    constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    if (settings.reconnect_within > std::chrono::milliseconds(most))
        throw std::invalid_argument("reconnect_within is " + std::to_string(settings.reconnect_within.count()) +
                                    " ms, but go_away has room for " + std::to_string(most));
}

events& report_of(const config& settings) {
    static events nobody;
    return settings.report_to != nullptr ? *settings.report_to : nobody;
}

}  // namespace hawser::server
