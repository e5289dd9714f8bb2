// pace: when one client of a swarm has to send, if the whole swarm has a rate (an open loop).
//
//   swarm::pace pace(shape, {}, {.number = 3, .clients = 50}, random);
//   while (const auto due = pace.next()) ...   // since the beginning
//
// The times do not depend on answers: that is what an open loop is. Clients need not know of each other; together they
// send the shape. The shape and the random source must outlive it. Each client has a random source of its own.
#pragma once

#include <hawser/swarm/load_shape.hpp>
#include <hawser/swarm/random_source.hpp>

#include <cstdint>
#include <optional>

namespace hawser::inline v0::swarm {

/// How the requests of a rate are spread over time.
enum class arrival_pattern : unsigned char {
    even,      ///< at equal distances, one client after the other
    poisson,   ///< at random, as from very many independent people
    bursts,    ///< many in the same instant, then none until the rate allows the next burst; the
               ///< last burst may be smaller
};

/// A pattern, and what belongs to it.
struct arrivals {
    arrival_pattern pattern = arrival_pattern::even;
    std::uint32_t burst = 1;   ///< requests of the whole swarm in one burst
};

class pace {
public:
    /// Which client of the swarm it is for.
    struct client {
        std::uint32_t number = 1;    ///< from 1
        std::uint32_t clients = 1;   ///< how many the swarm has
    };

    pace(const load_shape& shape, const hawser::swarm::arrivals& arrivals, const client& own, random_source& random);
    pace(const load_shape&&, const arrivals&, const client&, random_source&) = delete;   ///< the shape would be gone

    /// When the next request is due, since the beginning; never before the last one. None: there are no more.
    [[nodiscard]] std::optional<io::duration> next();
    /// How many more requests are due from `begin` to before `end`. For a random pattern this is a draw, and next()
    /// will draw other times.
    [[nodiscard]] std::uint64_t left(io::duration begin, io::duration end) const;

private:
    [[nodiscard]] double turns_before(io::duration end) const;

    const load_shape& shape_;
    arrivals arrivals_;
    client client_;
    random_source& random_;
    std::uint64_t sent_ = 0;
    double poisson_turn_ = 0;   // how many requests of the whole swarm come before this client's next one
};

}   // namespace hawser::swarm
