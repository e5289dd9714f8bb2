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

namespace hawser::inline v0::swarm {

namespace {

// A request that is overdue by less counts as about to be sent.
constexpr io::duration about_to_be_sent = std::chrono::milliseconds(100);

// The latency of this share of the answers shows how fast the server can be.
constexpr double fastest_share = 0.01;

}   // namespace

void swarm_state::begin() {
    const io::time_point now = io::clock::now();
    begun_at = part.begins_at == io::time_point() ? now : part.begins_at;
    busy_before = io::thread_time();
    measured_from = begun_at + plan.warmup;
    due_until = io::after(begun_at, plan.sends_for());
    // Overdue requests may be sent for one more time-out after the end of the schedule: nobody waits longer for an
    // answer.
    ends_at = plan.rate ? io::after(due_until, plan.timeout) : due_until;
    advance(now);
}

void swarm_state::advance(io::time_point now) {
    if (now < slice_ends_at) return;
    slice = &totals.over_time.at(now - begun_at);
    slice_ends_at = begun_at +
                    static_cast<io::duration::rep>(totals.over_time.slices().size()) * totals.over_time.width();
}

void swarm_state::note_busy() {
    const auto took = std::chrono::duration<double>(io::clock::now() - begun_at);
    const auto had = std::chrono::duration<double>(io::thread_time() - busy_before);
    totals.busy = took.count() > 0 ? std::clamp(had / took, 0.0, 1.0) : 0;
}

void swarm_state::error(const std::string& message) {
    totals.error(message);
    ++slice->failed;
}

double swarm_state::planned_seconds() const {
    io::time_point until = due_until;
    if (plan.rate && plan.count) {
        const std::optional<io::duration> last = plan.rate->due(static_cast<double>(*plan.count) * plan.clients);
        if (last) until = std::min(until, begun_at + *last);
    } else if (plan.count) {
        return 0;   // as long as it takes
    }
    until = std::min(until, stopped_at);
    return until == never ? 0 : std::max(0.0, std::chrono::duration<double>(until - measured_from).count());
}

unsent_requests swarm_state::unsent(io::time_point due_before) const {
    unsent_requests waited;
    for (const auto& one : *clients) waited.*one->held_by() += one->unsent(due_before);
    if (waited.by_window == 0) return waited;
    const io::time_point until = std::min({due_before, due_until, io::clock::now()});
    const double took = std::chrono::duration<double>(until - begun_at).count();
    return blame(waited, {.thread_had_time = totals.busy <= report::no_time_left,
                          .window = static_cast<double>(plan.window) * static_cast<double>(clients->size()),
                          .rate = static_cast<double>(totals.sent + waited.sum()) / std::max(took, 1e-9),
                          .fastest = std::chrono::duration<double>(totals.latency.percentile(fastest_share)).count()});
}

namespace {

// Lets stop() see the clients until run() ends, however that is.
class clients_scope {
public:
    clients_scope(swarm_state& state, std::vector<std::unique_ptr<swarm_client>>& clients) : state_(state) {
        state_.clients = &clients;
    }
    clients_scope(const clients_scope&) = delete;
    clients_scope& operator=(const clients_scope&) = delete;
    ~clients_scope() { state_.clients = nullptr; }

private:
    swarm_state& state_;
};

}   // namespace

swarm::swarm(hawser::swarm::plan plan, swarm_events* watcher) : swarm(std::move(plan), watcher, part{}) {}

swarm::swarm(hawser::swarm::plan plan, swarm_events* watcher, part own) : state_(std::make_unique<swarm_state>()) {
    const bool pings = plan.ping_interval > io::duration::zero();
    if ((plan.hello || pings) && !plan.traffic.speaks)
        throw std::invalid_argument(
            "hello and pings are what a protocol says beside its requests, and this traffic is of no protocol");
    if (plan.hello) plan.traffic.speaks->require_greeting();
    if (pings) plan.traffic.speaks->require_pings();
    state_->plan = std::move(plan);
    state_->watcher = watcher;
    state_->part = own;
}

swarm::~swarm() = default;

io::task<report> swarm::run() & {
    const io::executor here = co_await io::this_executor;
    swarm_state& state = *state_;
    random_source random = seeded(state.plan.seed);
    if (state.plan.payload_size) state.payloads.emplace(*state.plan.payload_size, random);
    std::vector<std::unique_ptr<swarm_client>> clients;   // here, so that they are destroyed with this coroutine
    const clients_scope scope(state, clients);
    io::group running(here);
    state.begin();
    for (std::uint32_t number = state.part.number + 1; number <= state.plan.clients; number += state.part.parts) {
        clients.push_back(std::make_unique<swarm_client>(state, number, here));
        running.spawn(clients.back()->run());
    }
    co_await running.join();
    const bool was_stopped = state.stopped_at < state.due_until;
    state.totals.unsent = state.unsent(was_stopped ? state.stopped_at - about_to_be_sent : state.due_until);
    state.clients = nullptr;
    co_return so_far();
}

void swarm::stop() {
    state_->stopped_at = std::min(state_->stopped_at, io::clock::now());
    state_->stopping.request_stop();
    if (state_->clients == nullptr) return;
    for (const auto& client : *state_->clients) client->stop();
}

report swarm::so_far() const {
    const swarm_state& state = *state_;
    report report = state.totals;
    report.missing = report.sent - report.acked - report.wrong;
    report.unsent = unsent();
    report.planned_seconds = state.planned_seconds();
    report.interrupted = state.stopping.stop_requested();
    if (state.last_answer_at > state.first_sent_at) {
        report.measured_from = std::chrono::duration<double>(state.first_sent_at - state.begun_at).count();
        report.seconds = std::chrono::duration<double>(state.last_answer_at - state.first_sent_at).count();
    }
    return report;
}

unsent_requests swarm::unsent() const {
    const swarm_state& state = *state_;
    if (state.clients == nullptr) return state.totals.unsent;
    return state.unsent(std::min(state.due_until, std::min(state.stopped_at, io::clock::now()) - about_to_be_sent));
}

const report& swarm::running() const noexcept { return state_->totals; }

std::uint32_t swarm::connected() const noexcept { return state_->connected; }

}   // namespace hawser::swarm
