// swarm: many clients that send requests and check every answer. A plan in, a report out.
//
//   swarm::swarm swarm({.connect = *io::address::parse(":8888"), .clients = 100, .count = 2000, .window = 32});
//   swarm::report report = co_await swarm.run();
//   if (!report.good()) ...
//
// Each client has a connection and a coroutine that receives; what is due is sent in its turn, or when the time comes. It sends
// nothing but what the plan says: the default protocol's submits, or packets of your own (traffic.hpp).
// To be used on the thread of its executor only. For several threads, a swarm on each, with its part of one plan.
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

namespace hawser::swarm {

/// Who wants to see each step. Client numbers start at 1. Bodies are those of a request and of an answer, valid during
/// the call. Called on the swarm's thread.
class swarm_events {
public:
    virtual ~swarm_events() = default;
    virtual void dialed(std::uint32_t client) = 0;   ///< a connection is made
    virtual void sent(std::uint32_t client, bytes body, std::size_t frame_length) = 0;   ///< a request has been handed over
    virtual void answered(std::uint32_t client, bytes body, ledger::verdict as) = 0;   ///< an answer came, and was this to its request
    /// Why is empty if all went well.
    virtual void exited(std::uint32_t client, const std::string& why) = 0;
};

struct swarm_state;

class swarm {
public:
    /// Which of the plan's clients: every `of`th, beginning with this one. Together the parts send what the plan says.
    struct part {
        std::uint32_t number = 0;
        std::uint32_t of = 1;
        io::time_point begins_at{};   ///< of all of them; if not given, when run() is called
    };

    /// `watcher` may be null; it must outlive the swarm. Throws std::invalid_argument for hello or pings in traffic that
    /// does not speak the default protocol.
    explicit swarm(plan what, swarm_events* watcher = nullptr);
    swarm(plan what, swarm_events* watcher, part which);
    swarm(const swarm&) = delete;
    swarm& operator=(const swarm&) = delete;
    ~swarm();

    /// Runs the whole plan. Only of a swarm with a name: g++ 12 would destroy twice what a plan owns that is made inside of a co_await.
    [[nodiscard]] io::task<report> run() &;
    io::task<report> run() && = delete;

    /// Sends nothing more, abandons the dials that are under way, waits for what is in flight, then run() returns.
    void stop();

    /// What there is to report now; during run(), what is in flight counts as missing.
    [[nodiscard]] report so_far() const;
    /// What is overdue: during run(), by a tenth of a second or more; afterwards, what was never sent.
    [[nodiscard]] unsent_requests unsent() const;
    /// The same without a copy, for whoever looks on: what is in flight is not missing, what is overdue is not unsent, and seconds and
    /// busy are not yet known.
    [[nodiscard]] const report& running() const noexcept;
    [[nodiscard]] std::uint32_t connected() const noexcept;   ///< connections there are

private:
    std::unique_ptr<swarm_state> state_;
};

}  // namespace hawser::swarm
