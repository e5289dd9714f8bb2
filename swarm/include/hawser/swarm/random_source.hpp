// random_source: the generator of all random values of a load. The same seed gives the same load on every machine.
//
//   swarm::random_source random = swarm::seeded(42, client_number);
//
// A Tausworthe generator has 12 bytes of state. The good ones of the standard library have 2.5 KiB, with which a
// hundred clients would fill a cache. Not for secrets.
#pragma once

#include <boost/random/taus88.hpp>

#include <cstddef>
#include <cstdint>
#include <random>

namespace hawser::inline v0::swarm {

using random_source = boost::random::taus88;   ///< small and fast

/// Streams with the same seed and different numbers are independent.
[[nodiscard]] inline random_source seeded(std::uint64_t seed, std::uint32_t stream = 0) {
    std::seed_seq words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), stream};
    return random_source(words);
}

/// 0 to `end` - 1; `end` is at most 2^32. Standard distributions give other numbers on another library, so this is
/// none.
[[nodiscard]] inline std::size_t below(std::size_t end, random_source& random) {
    return static_cast<std::size_t>((std::uint64_t{random()} * end) >> 32);
}

}   // namespace hawser::swarm
