// swarm: many clients that send requests and check every answer. A plan in, a report out.
//
//   client::swarm swarm({.connect = *io::address::parse(":8888"), .clients = 100, .count = 2000, .window = 32});
//   client::report report = co_await swarm.run();
//   if (!report.good()) ...
//
// Each client has a connection, a coroutine that sends and one that receives. It sends nothing but what the plan says: the
// default protocol's submits, or packets of your own (traffic.hpp).
// To be used on the thread of its executor only.
#pragma once

#include <hawser/client/histogram.hpp>
#include <hawser/client/ledger.hpp>
#include <hawser/client/pace.hpp>
#include <hawser/client/traffic.hpp>
#include <hawser/frame/any_codec.hpp>
#include <hawser/io/address.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/socket_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace hawser::client {

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
    io::socket_options sockets = {};                          ///< what the system is told about each socket
    /// Of the default protocol only:
    bool hello = false;                                       ///< begin with a conn that says "hawser/1"
    io::duration ping_interval{};                             ///< 0: no pings

    /// From the beginning until nothing more is due, warm-up included; load_shape::for_ever if only `count` ends it.
    [[nodiscard]] io::duration sends_for() const noexcept;
};

/// What became of it all. sent = acked + wrong + missing.
struct report {
    std::uint64_t sent = 0;
    std::uint64_t acked = 0;
    std::uint64_t missing = 0;     ///< not answered in time, or not before the connection ended
    std::uint64_t duplicate = 0;   ///< answered once more
    std::uint64_t wrong = 0;       ///< answered with another result than 0
    std::uint64_t unknown = 0;     ///< answers to nothing that was sent on their connection
    std::uint64_t late = 0;        ///< answers to what was missing by then
    std::uint64_t errors = 0;      ///< connections that could not be made or were lost, and packets that were none
    std::string first_error;       ///< in words
    bool interrupted = false;      ///< stop() ended it before the plan did
    std::uint64_t measured = 0;    ///< acked, of what was due after the warm-up: what the rest is about
    double seconds = 0;            ///< from the first of these requests to the last answer
    double busy = 0;               ///< share of the time, warm-up included, for which the swarm's thread had a processor
    histogram latency;             ///< from sending to the answer
    histogram latency_from_schedule;   ///< from when it should have been sent; filled with `rate` only

    /// Every request of the plan was answered well exactly once, and nothing else happened.
    [[nodiscard]] bool good() const noexcept;
    [[nodiscard]] double requests_per_second() const noexcept;
    /// The swarm's thread had no time left: with more of them, or on a faster machine, the server would have been asked for more.
    [[nodiscard]] bool load_was_the_limit() const noexcept { return busy > 0.95; }
};

/// Who wants to see each step. Client numbers start at 1. Bodies are those of a request and of an answer, valid during
/// the call. Called on the swarm's thread.
class swarm_events {
public:
    virtual ~swarm_events() = default;
    virtual void dialed(std::uint32_t client) = 0;
    virtual void sent(std::uint32_t client, bytes body, std::size_t frame_length) = 0;
    virtual void answered(std::uint32_t client, bytes body, ledger::verdict as) = 0;
    /// Why is empty if all went well.
    virtual void exited(std::uint32_t client, const std::string& why) = 0;
};

class swarm {
public:
    /// `watcher` may be null; it must outlive the swarm. Throws std::invalid_argument for hello or pings in traffic that
    /// does not speak the default protocol.
    explicit swarm(plan what, swarm_events* watcher = nullptr);
    swarm(const swarm&) = delete;
    swarm& operator=(const swarm&) = delete;
    ~swarm();

    /// Runs the whole plan.
    [[nodiscard]] io::task<report> run();

    /// Sends nothing more, abandons the dials that are under way, waits for what is in flight, then run() returns.
    void stop();

    /// What there is to report now; during run(), what is in flight counts as missing.
    [[nodiscard]] report so_far() const;
    /// The same, but only the counters, for a progress bar.
    [[nodiscard]] const report& counters() const noexcept;

private:
    class one;
    struct shared;
    std::unique_ptr<shared> shared_;
};

}  // namespace hawser::client
