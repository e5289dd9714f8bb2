// swarm: many clients that send requests and check every answer. A plan in, a report out.
//
//   swarm::swarm swarm({.connect = *io::address::parse(":8888"), .clients = 100, .count = 2000, .window = 32});
//   swarm::report report = co_await swarm.run();
//   if (!report.good()) ...
//
// Each client has a connection and a coroutine that receives; requests are sent in its turn, or when they are due. It
// sends only the plan's traffic: the default protocol's submits, or packets of your own (traffic.hpp). To be used on
// the thread of its executor only. For several threads, have a swarm on each, with its part of one plan.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/task.hpp>
#include <hawser/swarm/ledger.hpp>
#include <hawser/swarm/plan.hpp>
#include <hawser/swarm/report.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace hawser::inline v0::swarm {

/// Is told each step of each client, on the swarm's thread. Client numbers start at 1. Bodies are those of a request
/// and of an answer, valid during the call.
class swarm_events {
public:
    virtual ~swarm_events() = default;
    virtual void dialed(std::uint32_t client) = 0;   ///< a connection is made
    /// A request has been handed over.
    virtual void sent(std::uint32_t client, bytes body, std::size_t frame_length) = 0;
    virtual void answered(std::uint32_t client, bytes body, ledger::verdict verdict) = 0;   ///< an answer came
    /// `why` is empty if all went well.
    virtual void exited(std::uint32_t client, const std::string& why) = 0;
};

struct swarm_state;

class swarm {
public:
    /// Which of the plan's clients it has: every `parts`th, beginning with `number`. Together the parts send what the
    /// plan says.
    struct part {
        std::uint32_t number = 0;
        std::uint32_t parts = 1;
        io::time_point begins_at{};   ///< the same for all parts; if not given, when run() is called
    };

    /// `watcher` may be null; it must outlive the swarm. Throws std::invalid_argument for hello or pings in traffic
    /// that does not speak the default protocol.
    explicit swarm(hawser::swarm::plan plan, swarm_events* watcher = nullptr);
    swarm(hawser::swarm::plan plan, swarm_events* watcher, part own);
    swarm(const swarm&) = delete;
    swarm& operator=(const swarm&) = delete;
    ~swarm();

    /// Runs the whole plan. The swarm must be a variable: g++ 12 destroys a plan twice that is made inside of a
    /// co_await.
    [[nodiscard]] io::task<report> run() &;
    io::task<report> run() && = delete;

    /// Sends nothing more and abandons dials. run() returns when what is in flight is answered or missing.
    void stop();

    /// The report until now; during run(), what is in flight counts as missing.
    [[nodiscard]] report so_far() const;
    /// During run(), the requests that are overdue by a tenth of a second or more; afterwards, those that were never
    /// sent.
    [[nodiscard]] unsent_requests unsent() const;
    /// so_far() without a copy, and unfinished: what is in flight is not missing, what is overdue is not unsent, and
    /// seconds and busy are not yet known.
    [[nodiscard]] const report& running() const noexcept;
    [[nodiscard]] std::uint32_t connected() const noexcept;   ///< connections that there are now

private:
    std::unique_ptr<swarm_state> state_;
};

}   // namespace hawser::swarm
