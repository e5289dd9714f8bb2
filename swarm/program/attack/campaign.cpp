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

// Of all good clients, if the user did not say: a p99 of two seconds has a thousand values behind it, and no server is busy
// with that.
constexpr double good_rate = 500;
// Of a good client: what a server that stands still for a second is asked meanwhile, so that its standing still is seen.
constexpr std::uint32_t good_window = 100;
// The good clients alone: enough for a p99.
constexpr io::duration load_alone = 2s;
// From the begin of an attack on, however soon the attackers are done with; longer, and it would be lost in the p99.
constexpr io::duration least_load = 1s;
// The good clients are there when the attack begins.
constexpr io::duration head_start = 300ms;
constexpr io::duration between_newcomers = 500ms;
// What an attack that is closed at once needs of memory is there for a moment only.
constexpr io::duration between_looks = 20ms;
// Connections linger, and what is freed is given back a little later.
constexpr io::duration memory_returns_within = 5s;

}  // namespace

campaign::campaign(const attack_settings& settings, const swarm::plan& plan, std::ostream& tells)
    : settings_(settings),
      plan_(plan),
      tells_(tells),
      alone_{.p99_within = settings.p99_within, .attackers = settings.attackers} {
    if (settings.pid) server_.emplace(*settings.pid);
    for (const std::string& name : settings.names)
        for (const attack& known : all_attacks())
            if (name == known.name || name == "all")
                rows_.push_back({.what = &known, .server_must = known.server_must, .closed_within = settings.closed_within});
}

void campaign::stop() {
    stop_.request_stop();
    if (load_ != nullptr) load_->stop();
    if (newcomer_ != nullptr) newcomer_->stop();
}

io::task<void> campaign::run() {
    co_await look_alone();
    if (!trouble_.empty()) co_return;
    for (row& one : rows_) {
        if (stop_.stop_requested()) break;
        co_await attack_once(one);
        tells_ << one.what->name << ": " << text_of(one.is) << std::endl;
        const bool was_run = one.is == verdict::passed || one.is == verdict::failed;
        if (was_run && !one.is_up) break;   // there is nobody left to attack
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

io::task<void> campaign::run_good(swarm::swarm& load, good_clients& into) {
    load_ = &load;
    into.report = co_await load.run();
    load_ = nullptr;
}

// One new client with one request; why it was not served, if it was not.
io::task<std::string> campaign::serve_one() {
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

io::task<void> campaign::look_alone() {
    trouble_ = "interrupted before the first attack";   // until it is through
    tells_ << "good clients alone" << std::endl;
    swarm::plan plan = good_plan();
    plan.duration = load_alone;
    swarm::swarm load(plan);
    good_clients good;
    co_await run_good(load, good);
    if (stop_.stop_requested()) co_return;
    trouble_ = good.trouble();
    if (!trouble_.empty()) trouble_ = "without an attack: " + trouble_;
    alone_.p99 = good.p99();
    alone_.memory = memory();
    if (settings_.pid && !alone_.memory) trouble_ = "there is no process " + std::to_string(*settings_.pid);
}

// An attack.

io::task<void> campaign::attack_once(row& one) {
    swarm::random_source random = swarm::seeded(plan_.seed);
    scene at{.settings = settings_, .plan = plan_, .server_must = one.what->server_must};
    if (plan_.payload_size) at.payloads.emplace(*plan_.payload_size, random);
    std::string why_not;
    if (one.what->prepare != nullptr) why_not = one.what->prepare(at);
    one.server_must = at.server_must;
    if (!why_not.empty()) {
        one.is = verdict::not_applicable;
        one.why.push_back(std::move(why_not));
        co_return;
    }
    tells_ << one.what->name << ": " << settings_.attackers << " times " << one.what->does << std::endl;
    one.is = verdict::interrupted;   // until it is through
    co_await play(one, at);
    if (!stop_.stop_requested()) co_await look_afterwards(one);
    if (!stop_.stop_requested()) judge(one, alone_);
}

io::task<void> campaign::play(row& one, const scene& at) {
    const io::executor here = co_await io::this_executor;
    swarm::swarm load(good_plan());
    const std::stop_token stop = stop_.get_token();
    one.before = memory();
    std::stop_source over;
    io::group watching(here);
    watching.spawn(run_good(load, one.good));
    watching.spawn(watch_memory(one, over.get_token()));
    static_cast<void>(co_await io::sleep(head_start, stop));
    watching.spawn(send_newcomers(one, over.get_token()));
    const io::time_point least_end = io::clock::now() + least_load;
    crowd attackers(*one.what, at);
    co_await wait_for(attackers, one);
    static_cast<void>(co_await io::sleep(least_end - io::clock::now(), stop));
    over.request_stop();
    load.stop();
    co_await watching.join();
    one.attackers = attackers.join();
}

// Who wakes late says more about this machine than about the server.
io::task<void> campaign::wait_for(crowd& attackers, row& into) {
    while (!attackers.is_done()) {
        if (stop_.stop_requested()) attackers.stop();
        const io::time_point due = io::clock::now() + between_looks;
        co_await io::sleep(between_looks);
        into.own_pause = std::max(into.own_pause, io::clock::now() - due);
    }
}

io::task<void> campaign::send_newcomers(row& into, std::stop_token until) {
    for (;;) {
        const bool goes_on = co_await io::sleep(between_newcomers, until);   // first, so that the attackers were there before
        if (!goes_on) co_return;
        const std::string trouble = co_await serve_one();
        ++into.good.newcomers;
        into.good.served += trouble.empty();
    }
}

io::task<void> campaign::watch_memory(row& into, std::stop_token until) {
    for (bool goes_on = alone_.memory.has_value(); goes_on;) {
        const std::optional<std::size_t> now = memory();
        if (now) into.peak = std::max(into.peak.value_or(0), *now);
        goes_on = co_await io::sleep(between_looks, until);
    }
}

io::task<void> campaign::look_afterwards(row& into) {
    const std::stop_token stop = stop_.get_token();
    into.trouble = co_await serve_one();
    into.is_up = into.trouble.empty();
    const io::time_point end = io::clock::now() + memory_returns_within;
    into.after = memory();
    while (into.after && *into.after > alone_.memory_bound(into.before) && io::clock::now() < end && !stop.stop_requested()) {
        static_cast<void>(co_await io::sleep(between_looks, stop));
        into.after = memory();
    }
    if (into.after) into.peak = std::max(into.peak.value_or(0), *into.after);
    if (!alone_.memory || into.after) co_return;
    into.is_up = false;
    into.trouble = "process " + std::to_string(*settings_.pid) + " has ended";
}

std::optional<std::size_t> campaign::memory() const {
    return server_ ? server_->resident() : std::nullopt;
}

}  // namespace hawser::swarm_program
