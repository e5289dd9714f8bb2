#include <hawser/swarm/swarm.hpp>

#include "swarm_client.hpp"
#include "swarm_state.hpp"

#include <hawser/io/group.hpp>
#include <hawser/io/thread_time.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <stdexcept>
#include <utility>

namespace hawser::swarm {

namespace {

// What is overdue by less is about to be sent.
constexpr io::duration about_to_be_sent = std::chrono::milliseconds(100);

// The share of the answers that say how fast the server can be.
constexpr double fastest_share = 0.01;

}  // namespace

void swarm_state::begin() {
    const io::time_point now = io::clock::now();
    begun_at = part.begins_at == io::time_point() ? now : part.begins_at;
    busy_before = io::thread_time();
    measured_from = begun_at + settings.warmup;
    due_until = io::after(begun_at, settings.sends_for());
    // What is overdue when a schedule is over has one more time-out: who waits longer than that for an answer has lost it.
    ends_at = settings.rate ? io::after(due_until, settings.timeout) : due_until;
    now_is(now);
}

void swarm_state::now_is(io::time_point now) {
    if (now < slice_ends_at) return;
    slice = &totals.over_time.at(now - begun_at);
    slice_ends_at = begun_at + static_cast<io::duration::rep>(totals.over_time.slices().size()) * totals.over_time.width();
}

void swarm_state::note_busy() {
    const auto took = std::chrono::duration<double>(io::clock::now() - begun_at);
    const auto had = std::chrono::duration<double>(io::thread_time() - busy_before);
    totals.busy = took.count() > 0 ? std::clamp(had / took, 0.0, 1.0) : 0;
}

void swarm_state::error(const std::string& what) {
    totals.error(what);
    ++slice->failed;
}

double swarm_state::planned_seconds() const {
    io::time_point until = due_until;
    if (settings.rate && settings.count) {
        const std::optional<io::duration> all = settings.rate->due(static_cast<double>(*settings.count) * settings.clients);
        if (all) until = std::min(until, begun_at + *all);
    } else if (settings.count) {
        return 0;   // as long as it takes
    }
    until = std::min(until, stopped_at);
    return until == never ? 0 : std::max(0.0, std::chrono::duration<double>(until - measured_from).count());
}

unsent_requests swarm_state::unsent(io::time_point due_before) const {
    unsent_requests waited;
    for (const auto& one : *members) waited.*one->held_by() += one->unsent(due_before);
    if (waited.by_window == 0) return waited;
    const io::time_point until = std::min({due_before, due_until, io::clock::now()});
    const double took = std::chrono::duration<double>(until - begun_at).count();
    return blame(waited, {.had_time = totals.busy <= report::no_time_left,
                          .places = static_cast<double>(settings.window) * static_cast<double>(members->size()),
                          .rate = static_cast<double>(totals.sent + waited.sum()) / std::max(took, 1e-9),
                          .fastest = std::chrono::duration<double>(totals.latency.percentile(fastest_share)).count()});
}

namespace {

// For stop(), as long as they are there, however run() ends.
class members_shown {
public:
    members_shown(swarm_state& by, std::vector<std::unique_ptr<swarm_client>>& what) : by_(by) { by_.members = &what; }
    members_shown(const members_shown&) = delete;
    members_shown& operator=(const members_shown&) = delete;
    ~members_shown() { by_.members = nullptr; }

private:
    swarm_state& by_;
};

}  // namespace

swarm::swarm(plan what, swarm_events* watcher) : swarm(std::move(what), watcher, part{}) {}

swarm::swarm(plan what, swarm_events* watcher, part which) : state_(std::make_unique<swarm_state>()) {
    const bool greets = what.hello || what.ping_interval > io::duration::zero();
    if (greets && !(what.says.speaks && what.says.speaks->has_extensions()))
        throw std::invalid_argument("conn and ping are packets of the default protocol, which this swarm does not speak");
    state_->settings = std::move(what);
    state_->watcher = watcher;
    state_->part = which;
}

swarm::~swarm() = default;

io::task<report> swarm::run() & {
    const io::executor here = co_await io::this_executor;
    swarm_state& all = *state_;
    random_source random = seeded(all.settings.seed);
    if (all.settings.payload_size) all.payloads.emplace(*all.settings.payload_size, random);
    std::vector<std::unique_ptr<swarm_client>> members;   // here, so that they go down with this coroutine
    const members_shown shown(all, members);
    io::group clients(here);
    all.begin();
    for (std::uint32_t number = all.part.number + 1; number <= all.settings.clients; number += all.part.of) {
        members.push_back(std::make_unique<swarm_client>(all, number, here));
        clients.spawn(members.back()->run());
    }
    co_await clients.join();
    const bool was_stopped = all.stopped_at < all.due_until;
    all.totals.unsent = all.unsent(was_stopped ? all.stopped_at - about_to_be_sent : all.due_until);
    all.members = nullptr;
    co_return so_far();
}

void swarm::stop() {
    state_->stopped_at = std::min(state_->stopped_at, io::clock::now());
    state_->stopping.request_stop();
    if (state_->members == nullptr) return;
    for (const auto& member : *state_->members) member->stop();
}

report swarm::so_far() const {
    const swarm_state& all = *state_;
    report made = all.totals;
    made.missing = made.sent - made.acked - made.wrong;
    made.unsent = unsent();
    made.planned_seconds = all.planned_seconds();
    made.interrupted = all.stopping.stop_requested();
    if (all.last_answer_at > all.first_sent_at) {
        made.measured_from = std::chrono::duration<double>(all.first_sent_at - all.begun_at).count();
        made.seconds = std::chrono::duration<double>(all.last_answer_at - all.first_sent_at).count();
    }
    return made;
}

unsent_requests swarm::unsent() const {
    const swarm_state& all = *state_;
    if (all.members == nullptr) return all.totals.unsent;
    return all.unsent(std::min(all.due_until, std::min(all.stopped_at, io::clock::now()) - about_to_be_sent));
}

const report& swarm::running() const noexcept { return state_->totals; }

std::uint32_t swarm::connected() const noexcept { return state_->connected; }

}  // namespace hawser::swarm
