// random_source: where what is random in a load comes from. The same seed gives the same load on every machine.
//
//   swarm::random_source random = swarm::seeded(42, client_number);
//
// A Tausworthe generator: 12 bytes of state, where the standard library's good ones have 2.5 KiB, of which a hundred clients fill a
// cache. Not for secrets.
#pragma once

#include <boost/random/taus88.hpp>

#include <cstddef>
#include <cstdint>
#include <random>

namespace hawser::swarm {

using random_source = boost::random::taus88;   ///< small, fast and good enough for a load; no source of secrets

/// One of many streams with the same seed, which have nothing to do with each other.
[[nodiscard]] inline random_source seeded(std::uint64_t seed, std::uint32_t stream = 0) {
    std::seed_seq words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), stream};
    return random_source(words);
}

/// 0 to `end` - 1; at most 2^32 of them. Not by a standard distribution, which may give other numbers on another library.
[[nodiscard]] inline std::size_t below(std::size_t end, random_source& random) {
    return static_cast<std::size_t>((std::uint64_t{random()} * end) >> 32);
}

}  // namespace hawser::swarm
