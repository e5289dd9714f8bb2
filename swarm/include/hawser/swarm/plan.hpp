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

namespace hawser::inline v0::swarm {

/// One member for each thing that a run can vary, so there are many.
struct plan {
    io::address connect = {};
    hawser::swarm::traffic traffic = default_traffic();
    std::uint32_t clients = 5;
    std::optional<std::uint64_t> count = 10;             ///< requests of each client; none: until the
                                                         ///< end of `duration` or `rate`
    io::duration interval = std::chrono::seconds(1);     ///< between the requests of a
                                                         ///< client; 0: the window decides
    std::uint32_t window = 1;                            ///< requests of a client that may wait for their answers
    std::optional<load_shape> rate = {};                 ///< requests a second of the whole
                                                         ///< swarm, instead of interval
    hawser::swarm::arrivals arrivals = {};               ///< how the requests of `rate` are spread over time
    io::duration warmup{};                               ///< requests that are due before are
                                                         ///< checked, but not measured
    io::duration duration{};                             ///< how long to send, after the warm-up; 0: no limit
    std::optional<std::size_t> payload_size = {};        ///< bytes a payload; none: code names
    io::duration timeout = std::chrono::seconds(5);      ///< to connect, and for each answer
    std::uint64_t seed = 0;                              ///< of all random values
    frame::any_codec codec = {};                         ///< of requests, and of answers
    std::optional<frame::any_codec> answer_codec = {};   ///< of answers, if they have another format

    /// Connections.
    double connect_rate = 0;                  ///< connections a second, of the
                                              ///< whole swarm; 0: all at once
    io::duration life{};                      ///< a connection is replaced after this time; 0: never
    bool reconnect = false;                   ///< a connection that was lost or could
                                              ///< not be made is replaced too
    std::vector<io::endpoint> sources = {};   ///< local addresses, used in turn;
                                              ///< none: the system chooses
    io::socket_options sockets = {};          ///< options of each socket

    /// Of the default protocol only:
    bool hello = false;             ///< begin each connection with a
                                    ///< conn that says "hawser/1"
    io::duration ping_interval{};   ///< 0: no pings

    /// How long requests are due, warm-up included; load_shape::for_ever if only `count` ends them.
    [[nodiscard]] io::duration sends_for() const noexcept;
    /// When the client with this number connects, since the beginning. Numbers start at 1.
    [[nodiscard]] io::duration connects_at(std::uint32_t number) const noexcept;
};

}   // namespace hawser::swarm
