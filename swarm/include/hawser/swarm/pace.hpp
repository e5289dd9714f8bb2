// pace: when one client of a swarm is to send, if the whole swarm has an open loop.
//
//   swarm::pace pace(shape, {}, {.number = 3, .of = 50}, random);
//   while (const auto due = pace.next()) ...   // since the beginning
//
// Answers do not matter to it: that is what an open loop is. The clients need not know of each other: together they are the shape.
// The shape must outlive it, and so must the source of what is random, which each client has one of.
#pragma once

#include <hawser/swarm/load_shape.hpp>
#include <hawser/swarm/random_source.hpp>

#include <cstdint>
#include <optional>

namespace hawser::swarm {

/// How requests come that have a rate.
struct arrivals {
    /// When the next request is due.
    enum class kind : unsigned char {
        even,      ///< one client after the other, at equal distances
        poisson,   ///< at random, as from very many people who do not know of each other
        bursts,    ///< so many in the same instant, then none for as long as that is the rate; the last may be fewer
    };
    kind how = kind::even;
    std::uint32_t burst = 1;   ///< requests of the whole swarm
};

class pace {
public:
    /// Which client: its number, from 1, of how many.
    struct client {
        std::uint32_t number = 1;
        std::uint32_t of = 1;
    };

    pace(const load_shape& shape, const arrivals& how, const client& who, random_source& random);
    pace(const load_shape&&, const arrivals&, const client&, random_source&) = delete;   ///< it would be gone

    /// When the next request is due, since the beginning; not before the one before it. None: there is no more.
    [[nodiscard]] std::optional<io::duration> next();
    /// How many more it would give from `begin` to before `end`. Those that come at random are drawn, and next() draws others.
    [[nodiscard]] std::uint64_t left(io::duration begin, io::duration end) const;

private:
    [[nodiscard]] double turns_before(io::duration end) const;

    const load_shape& shape_;
    arrivals how_;
    client who_;
    random_source& random_;
    std::uint64_t sent_ = 0;
    double at_random_ = 0;   // requests of the swarm, by this client's count, before its next
};

}  // namespace hawser::swarm
