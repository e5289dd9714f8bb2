#include "campaign.hpp"

#include "../view/readable.hpp"

#include <hawser/io/group.hpp>

#include <algorithm>
#include <ostream>
#include <utility>

namespace hawser::swarm_program {

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// Requests a second of all good clients, if no --rate says: a p99 of two seconds has a thousand values behind it, and
// no server is busy with that.
constexpr double good_rate = 500;
// Requests in flight of one good client: as many as come up in a second, so that a server that stands still for that
// long shows it.
constexpr std::uint32_t good_window = 100;
// The good clients without an attack: long enough for a p99.
constexpr io::duration baseline_time = 2s;
// The good clients go on for this long after an attack has begun, however soon it is over; if they went on longer, its
// effect would be lost in the p99.
constexpr io::duration least_load = 1s;
// Before the attack, so that the good clients are connected when it begins.
constexpr io::duration head_start = 300ms;
constexpr io::duration between_newcomers = 500ms;
// Memory is looked at this often: what an attack needs that is closed at once is there only for a moment.
constexpr io::duration between_looks = 20ms;
// Closed connections linger, and an allocator gives back memory a little later.
constexpr io::duration memory_returns_within = 5s;

}   // namespace

campaign::campaign(const attack_options& options, const swarm::plan& plan, std::ostream& log)
    : options_(options),
      plan_(plan),
      log_(log),
      baseline_{.p99_within = options.p99_within, .attackers = options.attackers} {
    if (options.pid) server_.emplace(*options.pid);
    for (const std::string& name : options.names)
        for (const attack& known : all_attacks())
            if (name == known.name || name == "all")
                results_.push_back(
                    {.attack = &known, .server_must = known.server_must, .closed_within = options.closed_within});
}

void campaign::stop() {
    stop_.request_stop();
    if (load_ != nullptr) load_->stop();
    if (newcomer_ != nullptr) newcomer_->stop();
}

io::task<void> campaign::run() {
    co_await measure_baseline();
    if (!trouble_.empty()) co_return;
    for (attack_result& result : results_) {
        if (stop_.stop_requested()) break;
        co_await run_attack(result);
        log_ << result.attack->name << ": " << text_of(result.verdict) << std::endl;
        const bool was_run = result.verdict == attack_verdict::passed || result.verdict == attack_verdict::failed;
        if (was_run && !result.is_up) break;   // there is nobody left to attack
    }
}

// The good clients.

swarm::plan campaign::good_plan() const {
    swarm::plan good = plan_;
    good.count.reset();
    good.duration = good.warmup = io::duration::zero();
    if (!good.rate) good.rate = good_rate;
    good.window = std::max(good.window, good_window);
    return good;
}

io::task<void> campaign::run_good_clients(swarm::swarm& load, good_clients& into) {
    load_ = &load;
    into.report = co_await load.run();
    load_ = nullptr;
}

// A new client with one request. Says why it was not served; "" if it was.
io::task<std::string> campaign::try_newcomer() {
    swarm::plan once = good_plan();
    once.clients = 1;
    once.count = 1;
    once.rate.reset();
    once.interval = io::duration::zero();
    swarm::swarm newcomer(once);
    newcomer_ = &newcomer;
    const swarm::report report = co_await newcomer.run();
    newcomer_ = nullptr;
    if (report.good()) co_return std::string();
    co_return report.first_error.empty() ? "no good answer" : report.first_error;
}

io::task<void> campaign::measure_baseline() {
    trouble_ = "interrupted before the first attack";   // overwritten when it is done
    log_ << "good clients alone" << std::endl;
    swarm::plan plan = good_plan();
    plan.duration = baseline_time;
    swarm::swarm load(plan);
    good_clients good;
    co_await run_good_clients(load, good);
    if (stop_.stop_requested()) co_return;
    trouble_ = good.trouble();
    if (!trouble_.empty()) trouble_ = "without an attack: " + trouble_;
    baseline_.p99 = good.p99();
    baseline_.memory = resident_memory();
    if (options_.pid && !baseline_.memory) trouble_ = "there is no process " + std::to_string(*options_.pid);
}

// An attack.

io::task<void> campaign::run_attack(attack_result& result) {
    swarm::random_source random = swarm::seeded(plan_.seed);
    attack_setup setup{.options = options_, .plan = plan_, .server_must = result.attack->server_must};
    if (plan_.payload_size) setup.payloads.emplace(*plan_.payload_size, random);
    std::string why_not;
    if (result.attack->prepare != nullptr) why_not = result.attack->prepare(setup);
    result.server_must = setup.server_must;
    if (!why_not.empty()) {
        result.verdict = attack_verdict::not_applicable;
        result.reasons.push_back(std::move(why_not));
        co_return;
    }
    log_ << result.attack->name << ": " << options_.attackers << " times " << result.attack->description << std::endl;
    result.verdict = attack_verdict::interrupted;   // overwritten when it is done
    co_await play(result, setup);
    if (!stop_.stop_requested()) co_await check_afterwards(result);
    if (!stop_.stop_requested()) judge(result, baseline_);
}

io::task<void> campaign::play(attack_result& result, const attack_setup& setup) {
    const io::executor here = co_await io::this_executor;
    swarm::swarm load(good_plan());
    const std::stop_token stop = stop_.get_token();
    result.memory_before = resident_memory();
    std::stop_source over;
    io::group watching(here);
    watching.spawn(run_good_clients(load, result.good));
    watching.spawn(watch_memory(result, over.get_token()));
    static_cast<void>(co_await io::sleep(head_start, stop));
    watching.spawn(send_newcomers(result, over.get_token()));
    const io::time_point least_end = io::clock::now() + least_load;
    attacker_thread attackers(*result.attack, setup);
    co_await wait_for(attackers, result);
    static_cast<void>(co_await io::sleep(least_end - io::clock::now(), stop));
    over.request_stop();
    load.stop();
    co_await watching.join();
    result.attackers = attackers.join();
}

// If this thread wakes late, the machine is to blame for some of the latency, not the server.
io::task<void> campaign::wait_for(attacker_thread& attackers, attack_result& result) {
    while (!attackers.is_done()) {
        if (stop_.stop_requested()) attackers.stop();
        const io::time_point due = io::clock::now() + between_looks;
        co_await io::sleep(between_looks);
        result.own_pause = std::max(result.own_pause, io::clock::now() - due);
    }
}

io::task<void> campaign::send_newcomers(attack_result& result, std::stop_token until) {
    for (;;) {
        // First, so that the attackers were there before.
        const bool goes_on = co_await io::sleep(between_newcomers, until);
        if (!goes_on) co_return;
        const std::string trouble = co_await try_newcomer();
        ++result.good.newcomers;
        result.good.served += trouble.empty();
    }
}

io::task<void> campaign::watch_memory(attack_result& result, std::stop_token until) {
    for (bool goes_on = baseline_.memory.has_value(); goes_on;) {
        const std::optional<std::size_t> now = resident_memory();
        if (now) result.memory_peak = std::max(result.memory_peak.value_or(0), *now);
        goes_on = co_await io::sleep(between_looks, until);
    }
}

io::task<void> campaign::check_afterwards(attack_result& result) {
    const std::stop_token stop = stop_.get_token();
    result.trouble = co_await try_newcomer();
    result.is_up = result.trouble.empty();
    const io::time_point end = io::clock::now() + memory_returns_within;
    result.memory_after = resident_memory();
    while (result.memory_after && *result.memory_after > baseline_.memory_bound(result.memory_before) &&
           io::clock::now() < end && !stop.stop_requested()) {
        static_cast<void>(co_await io::sleep(between_looks, stop));
        result.memory_after = resident_memory();
    }
    if (result.memory_after) result.memory_peak = std::max(result.memory_peak.value_or(0), *result.memory_after);
    if (!baseline_.memory || result.memory_after) co_return;
    result.is_up = false;
    result.trouble = "process " + std::to_string(*options_.pid) + " has ended";
}

std::optional<std::size_t> campaign::resident_memory() const { return server_ ? server_->resident() : std::nullopt; }

}   // namespace hawser::swarm_program
