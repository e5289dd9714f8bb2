// Start and stop: the life of a server. Connections are let in by acceptor.cpp; their life is in session.cpp.
#include <hawser/server/server.hpp>

#include "acceptor.hpp"
#include "memory_guard.hpp"
#include "session.hpp"
#include "worker.hpp"

#include <hawser/io/event.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace hawser::server {

namespace {

using work_guard = io::asio::executor_work_guard<io::executor>;

// How long connections that were cut have for unwinding their coroutines.
constexpr io::duration unwinding = std::chrono::seconds(1);

unsigned threads_of(const config& settings) {
    return std::max(1U, settings.threads != 0 ? settings.threads : std::thread::hardware_concurrency());
}

std::size_t longest_frame(const config& settings) {
    return std::max(settings.codec.max_frame(), settings.answer_codec.value_or(settings.codec).max_frame());
}

// With the limit on descriptors as it is now. Throws for limits on connections that make no sense.
memory_plan plan_of(const config& settings) {
    memory_plan plan{.budget = settings.memory_budget ? *settings.memory_budget : default_memory_budget(),
                     .threads = threads_of(settings)};
    const admission door(settings.admission, io::descriptor_limit());
    plan.connections = door.max_connections();
    const std::size_t fit = plan.connections_within(longest_frame(settings));
    if (!settings.admission.max_connections && fit > 0) plan.connections = std::min(plan.connections, fit);
    return plan;
}

// As many connections as are planned for.
admission_limits limits_of(const config& settings) {
    admission_limits limits = settings.admission;
    limits.max_connections = plan_of(settings).connections;
    return limits;
}

// Throws for a config that makes no sense.
void check(const config& settings) {
    const auto refuse_negative = [](const char* name, auto value) {
        if (value < decltype(value)::zero()) throw std::invalid_argument(std::string(name) + " is negative");
    };
    refuse_negative("first_frame_timeout", settings.limits.first_frame_timeout);
    refuse_negative("frame_timeout", settings.limits.frame_timeout);
    refuse_negative("idle_timeout", settings.limits.idle_timeout);
    refuse_negative("write_stall_timeout", settings.limits.write_stall_timeout);
    refuse_negative("drain_timeout", settings.drain_timeout);
    refuse_negative("linger", settings.linger);
    refuse_negative("reconnect_within", settings.reconnect_within);
    refuse_negative("request_timeout", settings.request_timeout);
    refuse_negative("max_lifetime", settings.max_lifetime);
    refuse_negative("ping_interval", settings.ping_interval);
    refuse_negative("push_timeout", settings.limits.push_timeout);
    plan_of(settings).check(longest_frame(settings));
    constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    if (settings.reconnect_within > std::chrono::milliseconds(most))
        throw std::invalid_argument("reconnect_within is " + std::to_string(settings.reconnect_within.count()) +
                                    " ms, but go_away has room for " + std::to_string(most));
}

events& report_of(const config& settings) {
    static events nobody;
    return settings.report_to != nullptr ? *settings.report_to : nobody;
}

}  // namespace

// Owned by the server and by everything of it that still runs: the acceptors, the sessions, what was posted. So a server
// on the user's io_context may be destroyed while the rest of it is still to end.
struct server::machinery : std::enable_shared_from_this<machinery> {
    machinery(config settings, std::function<io::task<void>(connection&)> serve, std::unique_ptr<const router> routes)
        : shared{settings, report_of(settings), std::move(serve), std::move(routes), std::stop_source()} {
        check(settings);
        shared.ask_to_stop = [this] { ask_to_stop(shared.settings.drain_timeout); };
    }

    result<void> start_on_threads(bool with_signals);
    result<void> start(std::vector<std::unique_ptr<worker>> on, bool with_signals);
    result<void> plan_memory();
    result<void> open_listeners();
    void set_ready();
    void tell_listening() const;
    void catch_signals();

    void open(worker& home, io::accepted made);
    void left(worker& home, const io::endpoint& peer);

    void ask_to_stop(io::duration grace);
    void begin_stop(io::duration grace);
    static io::task<void> shut_down(std::shared_ptr<machinery> self);
    void finish();
    void join();
    std::size_t forced() const noexcept;
    report make_report() const;
    template <class Function>
    void post_to(const worker& where, Function what) {
        io::asio::post(where.executor(), [self = shared_from_this(), what = std::move(what)] { what(); });
    }

    [[nodiscard]] bool was_started() const {
        const std::scoped_lock lock(mutex);
        return now != phase::idle;
    }
    worker& first() const noexcept { return *workers.front(); }
    std::size_t live() const noexcept;

    service shared;
    std::vector<make_listener> more_listeners;
    std::vector<std::unique_ptr<worker>> workers;              // before all that refers to their io_contexts
    std::vector<std::unique_ptr<io::listener>> listeners;
    std::vector<work_guard> guards;                            // none on the user's io_context
    std::vector<std::thread> threads;
    std::optional<io::asio::basic_signal_set<io::executor>> signals;
    std::shared_ptr<memory_guard> guard;
    std::optional<acceptor> door;
    std::optional<io::event> ended_one;                        // a connection ended, or the grace did
    std::optional<io::deadline> grace_over;
    std::string failure;
    std::size_t open_at_stop = 0;
    std::atomic<bool> ready = false;                           // every listener accepts, and nobody has asked for the end
    bool over = false;                                         // finish() has been
    report outcome;                                            // of finish()

    // Between threads. What is above is set before `now` says running, and belongs to the first worker's thread then.
    enum class phase { idle, running, ended };
    mutable std::mutex mutex;
    std::condition_variable ended;
    phase now = phase::idle;
    std::mutex joining;                                        // of who joins the threads
    std::optional<io::duration> asked_early;                   // stop() before the start
};

// Start.

result<void> server::machinery::start_on_threads(bool with_signals) {
    std::vector<std::unique_ptr<worker>> own;
    for (unsigned i = 0; i < threads_of(shared.settings); ++i) own.push_back(std::make_unique<worker>());
    for (const auto& one : own) guards.emplace_back(one->executor());
    const result<void> started = start(std::move(own), with_signals);
    if (!started) return started;
    for (const auto& one : workers) threads.emplace_back([this, &home = *one] { home.run(shared); });
    return started;
}

result<void> server::machinery::start(std::vector<std::unique_ptr<worker>> on, bool with_signals) {
    failure.clear();
    workers = std::move(on);
    // Everything that takes a descriptor or memory of its own is made before the first connection is.
    for (const auto& one : workers) {
        static_cast<void>(io::watchdog::of(one->executor()));
        static_cast<void>(io::buffer_pool::of(one->executor()));
    }
    ended_one.emplace(first().executor());
    grace_over.emplace(io::watchdog::of(first().executor()),
                       [](void* event) { static_cast<io::event*>(event)->notify(); }, &*ended_one);
    result<void> opened = plan_memory();
    if (opened) opened = open_listeners();
    if (!opened) {
        listeners.clear();
        grace_over.reset();
        ended_one.reset();
        guards.clear();
        workers.clear();   // last: all the others refer to its io_contexts
        return opened;
    }
    if (with_signals) catch_signals();   // before anybody is told that it runs: who is told may send one
    door.emplace(workers, limits_of(shared.settings), shared.report,
                 [this](worker& home, io::accepted made) { open(home, std::move(made)); });
    for (const auto& source : listeners) door->start(*source, shared_from_this());
    set_ready();
    shared.report.planned(plan_of(shared.settings));
    tell_listening();
    const std::scoped_lock lock(mutex);
    now = phase::running;
    if (asked_early) post_to(first(), [this, grace = *asked_early] { begin_stop(grace); });
    return {};
}

// There may be more descriptors by now, and so more connections, than when the config was checked.
result<void> server::machinery::plan_memory() {
    const memory_plan plan = plan_of(shared.settings);
    try {
        plan.check(longest_frame(shared.settings));
    } catch (const std::invalid_argument& error) {
        failure = error.what();
        return make_error_code(boost::system::errc::not_enough_memory);
    }
    guard = std::make_shared<memory_guard>(workers, weak_from_this(), plan.pool());
    guard->watch();
    return {};
}

result<void> server::machinery::open_listeners() {
    const auto take = [this](const std::string& name, result<std::unique_ptr<io::listener>> made) -> error_code {
        if (made) listeners.push_back(std::move(*made));
        else failure = "cannot listen on " + name + ": " + made.error().message();
        return made ? error_code() : made.error();
    };
    for (const std::string& text : shared.settings.listen) {
        const result<io::address> where = io::address::parse(text);
        if (!where) return take(text, where.error()), where.error();
        if (const error_code error = take(where->text(), io::listen(first().executor(), *where, shared.settings.sockets))) return error;
    }
    for (const make_listener& make : more_listeners)
        if (const error_code error = take("an added listener", make(first().executor()))) return error;
    if (!listeners.empty()) return {};
    failure = "nowhere to listen: the config names no address";
    return make_error_code(boost::system::errc::invalid_argument);
}

void server::machinery::set_ready() {
    const std::scoped_lock lock(mutex);
    ready = !asked_early;
}

void server::machinery::tell_listening() const {
    std::vector<std::string> addresses;
    std::vector<std::uint16_t> ports;
    for (const auto& source : listeners) {
        addresses.push_back(source->text());
        if (source->port() != 0) ports.push_back(source->port());
    }
    shared.report.listening(addresses, ports);
}

void server::machinery::catch_signals() {
    signals.emplace(first().executor(), SIGINT, SIGTERM);
    signals->async_wait([this](const error_code& cancelled, int) {
        if (cancelled) return;
        begin_stop(shared.settings.drain_timeout);
        signals->async_wait([this](const error_code& ended_before, int) {
            if (!ended_before) begin_stop(io::duration::zero());
        });
    });
}

// Serve.

void server::machinery::open(worker& home, io::accepted made) {
    const std::shared_ptr<const service> of(shared_from_this(), &shared);
    const io::endpoint peer = made.peer;
    auto opened = std::make_shared<session>(of, home, std::move(made), door->accepted() + 1);
    const auto on_end = [self = shared_from_this(), &home, peer](const std::exception_ptr& thrown) {
        // Only an events object that throws, or no memory at the very end, comes here; what is left cannot be trusted.
        if (thrown) std::rethrow_exception(thrown);
        self->post_to(self->first(), [machine = self.get(), &home, peer] { machine->left(home, peer); });
    };
    io::asio::co_spawn(home.executor(), session::run(std::move(opened)), on_end);
    home.live.fetch_add(1, std::memory_order_relaxed);   // after all that throws; its end is posted to this thread
}

// On the first thread.
void server::machinery::left(worker& home, const io::endpoint& peer) {
    home.live.fetch_sub(1, std::memory_order_relaxed);
    door->ended(peer);
    ended_one->notify();
}

// Stop.

void server::machinery::ask_to_stop(io::duration grace) {
    const std::scoped_lock lock(mutex);
    ready = false;
    if (now == phase::ended) return;
    if (now == phase::idle) {
        asked_early = std::min(grace, asked_early.value_or(grace));
        return;
    }
    post_to(first(), [this, grace] { begin_stop(grace); });
}

// On the first thread. Again: the earlier end counts.
void server::machinery::begin_stop(io::duration grace) {
    if (over) return;
    const io::time_point end = io::after(io::clock::now(), grace);
    if (shared.stop.stop_requested()) {
        if (end < grace_over->at()) grace_over->move(end);
        return;
    }
    ready = false;
    shared.stop.request_stop();
    grace_over->move(end);
    for (const auto& source : listeners) source->close();
    open_at_stop = live();
    shared.report.stopping(open_at_stop);
    for (const auto& one : workers) post_to(*one, [&home = *one, end] { home.drain(end); });
    io::asio::co_spawn(first().executor(), shut_down(shared_from_this()), io::asio::detached);
}

io::task<void> server::machinery::shut_down(std::shared_ptr<machinery> self) {
    co_await self->door->join();
    while (self->live() > 0 && !self->grace_over->expired()) co_await self->ended_one->wait();
    if (self->live() > 0) {
        for (const auto& one : self->workers) self->post_to(*one, [&home = *one] { home.cut_all(); });
        self->grace_over->move(io::clock::now() + unwinding);
        while (self->live() > 0 && !self->grace_over->expired()) co_await self->ended_one->wait();
    }
    self->finish();
}

// Lets the threads go. A handler that will not end is left behind with its io_context, if that is ours.
void server::machinery::finish() {
    over = true;
    grace_over->clear();
    if (signals) {
        signals->cancel();
        signals->clear();   // from here on a signal does what it does by default
    }
    outcome = make_report();
    shared.report.stopped(outcome);
    const bool abandon = live() > 0 && !guards.empty();
    guards.clear();
    if (abandon)
        for (const auto& one : workers) one->context().stop();
    const std::scoped_lock lock(mutex);
    now = phase::ended;
    ended.notify_all();
}

void server::machinery::join() {
    const std::scoped_lock lock(joining);
    for (std::thread& one : threads) one.join();
    if (threads.empty()) return;
    threads.clear();
    // Whoever waits for an abandoned session gets to know. Asio unwinds a coroutine through its own executor: destroyed by
    // one io_context, it is posted to another, which may have been shut down already. So this goes on for as many rounds
    // as coroutines may wait for each other across threads.
    constexpr int rounds = 16;
    for (int round = 0; round < rounds; ++round)
        for (const auto& one : workers) one->shut_down();
}

std::size_t server::machinery::live() const noexcept {
    std::size_t sum = 0;
    for (const auto& one : workers) sum += one->live.load(std::memory_order_relaxed);
    return sum;
}

// Of a worker that a handler still blocks nothing is known but how many sessions it has.
std::size_t server::machinery::forced() const noexcept {
    std::size_t sum = 0;
    for (const auto& one : workers) {
        const bool is_known = one->was_cut.load(std::memory_order_acquire);
        sum += (is_known ? one->forced : one->live).load(std::memory_order_relaxed);
    }
    return sum;
}

// When all has ended that will.
report server::machinery::make_report() const {
    report made{.accepted = door->accepted(), .refused = door->refused(), .forced = forced()};
    made.drained = open_at_stop - std::min(open_at_stop, made.forced);
    for (const auto& one : workers) {
        made.frames_in += one->frames_in.load(std::memory_order_relaxed);
        made.frames_out += one->frames_out.load(std::memory_order_relaxed);
        made.unanswered += one->unanswered.load(std::memory_order_relaxed);
        made.pushes += one->pushes();
    }
    return made;
}

// The front.

server::server(config settings, router routes)
    : machinery_(std::make_shared<machinery>(std::move(settings), nullptr,
                                             std::make_unique<const router>(std::move(routes)))) {}

server::server(config settings, serve_function serve)
    : machinery_(std::make_shared<machinery>(std::move(settings), std::move(serve), nullptr)) {}

server::~server() {
    stop(io::duration::zero());
    if (!machinery_->threads.empty()) static_cast<void>(wait());
}

void server::add_listener(make_listener make) { machinery_->more_listeners.push_back(std::move(make)); }

result<void> server::start() {
    if (machinery_->was_started()) return make_error_code(boost::system::errc::operation_in_progress);
    return machinery_->start_on_threads(false);
}

result<void> server::start(io::asio::io_context& users) {
    if (machinery_->was_started()) return make_error_code(boost::system::errc::operation_in_progress);
    std::vector<std::unique_ptr<worker>> only;
    only.push_back(std::make_unique<worker>(users));
    return machinery_->start(std::move(only), false);
}

report server::run() {
    if (!machinery_->was_started()) io::raise_descriptor_limit();
    if (machinery_->was_started() || machinery_->start_on_threads(true)) return wait();
    machinery_->shared.report.start_failed(failure());
    return wait();
}

void server::stop(io::duration grace) { machinery_->ask_to_stop(grace); }

void server::each(std::function<void(context&)> what) {
    const std::scoped_lock lock(machinery_->mutex);
    if (machinery_->now != machinery::phase::running) return;
    const auto shared = std::make_shared<const std::function<void(context&)>>(std::move(what));
    for (const auto& one : machinery_->workers)
        machinery_->post_to(*one, [&home = *one, shared] { home.each(*shared); });
}

result<frame::shared_frame> server::frame_of(bytes body) const {
    const config& settings = machinery_->shared.settings;
    byte_buffer frame;
    if (const error_code error = settings.answer_codec.value_or(settings.codec).encode(body, frame)) return error;
    return std::make_shared<const byte_buffer>(std::move(frame));
}

void server::stop() { stop(machinery_->shared.settings.drain_timeout); }

report server::wait() {
    {
        std::unique_lock lock(machinery_->mutex);
        machinery_->ended.wait(lock, [this] { return machinery_->now != machinery::phase::running; });
    }
    machinery_->join();
    report made = machinery_->outcome;
    made.failure = machinery_->failure;
    return made;
}

const std::string& server::failure() const noexcept { return machinery_->failure; }

bool server::ready() const noexcept { return machinery_->ready; }

std::size_t server::connections() const noexcept {
    const std::scoped_lock lock(machinery_->mutex);
    return machinery_->now == machinery::phase::idle ? 0 : machinery_->live();
}

std::uint16_t server::port() const noexcept {
    const std::scoped_lock lock(machinery_->mutex);
    if (machinery_->now == machinery::phase::idle) return 0;
    for (const auto& source : machinery_->listeners)
        if (source->port() != 0) return source->port();
    return 0;
}

}  // namespace hawser::server
