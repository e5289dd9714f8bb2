#include "descriptor_room.hpp"

#include <hawser/io/descriptors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hawser::swarm_program {

namespace {

// A connection for each client; a reactor, a timer and a waker for each thread; and what every program has.
std::size_t needed_by_load(std::uint32_t clients, std::uint32_t threads) {
    return clients + 4 * std::size_t{std::min(threads, clients)} + 16;
}

// Descriptors for the standard streams, the event loops of two threads, files, and newcomers.
constexpr std::size_t other_than_attackers = 64;

// Reduces a count to the descriptors that the others leave, but not below 1.
void reduce(std::uint32_t& count, std::size_t limit, std::size_t others) {
    const std::size_t room = limit > others ? limit - others : 0;
    count = static_cast<std::uint32_t>(std::clamp<std::size_t>(room, 1, count));
}

std::string too_many(const std::string& what, std::size_t needed, std::size_t limit) {
    return what + " need " + std::to_string(needed) + " descriptors, and this process may have " +
           std::to_string(limit) + " (ulimit -n)";
}

std::optional<std::string> fit_load(options& options, std::size_t limit) {
    std::uint32_t& clients = options.plan.clients;
    while (!options.has_clients && clients > 1 && needed_by_load(clients, options.threads) > limit) --clients;
    const std::size_t needed = needed_by_load(clients, options.threads);
    if (options.has_clients && needed > limit) return too_many(std::to_string(clients) + " clients", needed, limit);
    options.threads = std::min(options.threads, clients);
    return std::nullopt;
}

// Attackers are reduced before clients are.
std::optional<std::string> fit_attack(options& options, std::size_t limit) {
    std::uint32_t& attackers = options.attack.attackers;
    std::uint32_t& clients = options.plan.clients;
    if (!options.attack.has_attackers) reduce(attackers, limit, clients + other_than_attackers);
    if (!options.has_clients) reduce(clients, limit, attackers + other_than_attackers);
    const std::size_t needed = std::size_t{attackers} + clients + other_than_attackers;
    std::string given = options.attack.has_attackers ? std::to_string(attackers) + " attackers" : "";
    if (options.has_clients) given += (given.empty() ? "" : " and ") + std::to_string(clients) + " clients";
    return needed > limit && !given.empty() ? std::optional(too_many(given, needed, limit)) : std::nullopt;
}

}   // namespace

std::optional<std::string> fit_descriptors(options& options) {
    const std::size_t limit = io::raise_descriptor_limit();
    if (auto trouble = fit_load(options, limit)) return trouble;
    return options.attack.names.empty() ? std::nullopt : fit_attack(options, limit);
}

}   // namespace hawser::swarm_program
