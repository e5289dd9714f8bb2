// plan: what a swarm is to do.
//
//   swarm::plan plan{.connect = *io::address::parse(":8888"), .clients = 100, .count = 2000, .window = 32};
#pragma once

#include <hawser/frame/any_codec.hpp>
#include <hawser/io/address.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/endpoint.hpp>
#include <hawser/io/socket_options.hpp>
#include <hawser/swarm/load_shape.hpp>
#include <hawser/swarm/pace.hpp>
#include <hawser/swarm/traffic.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace hawser::swarm {

struct plan {
    io::address connect = {};
    traffic says = default_traffic();
    std::uint32_t clients = 5;
    std::optional<std::uint64_t> count = 10;                  ///< requests of each client; none: until the end of `duration` or `rate`
    io::duration interval = std::chrono::seconds(1);          ///< between the requests of a client; 0: the window decides
    std::uint32_t window = 1;                                 ///< requests of a client that may wait for their answers
    std::optional<load_shape> rate = {};                      ///< requests a second of the whole swarm, instead of interval
    arrivals arrive = {};                                     ///< how they come, with `rate`
    io::duration warmup{};                                    ///< what is due before is checked, but no part of rate and latency
    io::duration duration{};                                  ///< stop sending so long after the warm-up; 0: never
    std::optional<std::size_t> payload_size = {};             ///< bytes a payload; none: code names
    io::duration timeout = std::chrono::seconds(5);           ///< to connect, and for each answer
    std::uint64_t seed = 0;                                   ///< of what is random in the requests
    frame::any_codec codec = {};                              ///< of what is sent, and of what comes
    std::optional<frame::any_codec> answer_codec = {};        ///< if what comes has another format

    /// Connections.
    double connect_rate = 0;                                  ///< a second, of the whole swarm; 0: all at once
    io::duration life{};                                      ///< then a client ends its connection in peace and makes a new one; 0: never
    bool reconnect = false;                                   ///< make a new one as well when it was lost or could not be made
    std::vector<io::endpoint> sources = {};                   ///< where they come from, in turn; none: the system decides
    io::socket_options sockets = {};                          ///< what the system is told about each socket

    /// Of the default protocol only:
    bool hello = false;                                       ///< begin with a conn that says "hawser/1"
    io::duration ping_interval{};                             ///< 0: no pings

    /// From the beginning until nothing more is due, warm-up included; load_shape::for_ever if only `count` ends it.
    [[nodiscard]] io::duration sends_for() const noexcept;
    /// When the client with this number, from 1, is to connect, since the beginning.
    [[nodiscard]] io::duration connects_at(std::uint32_t number) const noexcept;
};

}  // namespace hawser::swarm
