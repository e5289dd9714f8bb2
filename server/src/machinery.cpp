// Start and stop: the life of a server. Connections are let in by acceptor.cpp; their life is in session.cpp.
#include "machinery.hpp"

#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/random.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <new>
#include <stdexcept>

namespace hawser::server {

namespace {

// How long connections that were cut have for unwinding their coroutines.
constexpr io::duration unwinding = std::chrono::seconds(1);

}  // namespace

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
        static_cast<void>(io::random::of(one->executor()));
    }
    leaving.emplace(first().executor(), [this](worker& home, const io::endpoint& peer) {
        home.live.fetch_sub(1, std::memory_order_relaxed);
        door->ended(peer);
        ended_one->notify();
    });
    ended_one.emplace(first().executor());
    grace_over.emplace(io::watchdog::of(first().executor()),
                       [](void* event) { static_cast<io::event*>(event)->notify(); }, &*ended_one);
    result<void> opened = plan_memory();
    if (opened) opened = open_listeners();
    if (!opened) {
        listeners.clear();
        grace_over.reset();
        ended_one.reset();
        leaving.reset();
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
    shared.pool = guard->pool();
    shared.relieve = [of = std::weak_ptr(guard)] {
        if (const auto still = of.lock()) still->search();
    };
    for (const auto& one : workers) one->box.open(shared.pool, shared.limits->outbound_cap, weak_from_this());
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

// A session is made on its own thread, out of that thread's memory.
void server::machinery::open(worker& home, io::accepted made) {
    const std::uint64_t number = door->accepted() + 1;
    leaving->expect(live() + 1);
    auto begin_there = [self = shared_from_this(), &home, number, made = std::move(made)]() mutable {
        self->begin(home, std::move(made), number);
    };
    io::asio::post(home.executor(), std::move(begin_there));
    home.live.fetch_add(1, std::memory_order_relaxed);   // after all that throws; its end is posted to this thread
}

void server::machinery::begin(worker& home, io::accepted made, std::uint64_t number) {
    // Only an events object that throws comes here; what is left cannot be trusted.
    const auto on_end = [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    };
    const io::endpoint peer = made.peer;
    std::shared_ptr<session> opened;
    try {
        opened = std::make_shared<session>(std::shared_ptr<const service>(shared_from_this(), &shared), home,
                                           std::move(made), number);
        io::asio::co_spawn(home.executor(), session::run(opened), on_end);
    } catch (const std::bad_alloc&) {   // the socket is closed by now; a session tells its end itself
        if (!opened) left(home, peer);
    }
}

// A session has ended, on any of the threads. What is left after the end goes down with its io_context, and is not counted.
void server::machinery::left(worker& home, const io::endpoint& peer) noexcept {
    if (!shared.is_over) leaving->add({&home, peer}, shared_from_this());
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
    const bool is_first = !std::exchange(stopping, true);
    if (!is_first && end >= grace_over->at()) return;
    grace_over->move(end);
    if (is_first) let_nobody_in();
    for (const auto& one : workers) post_to(*one, [&home = *one, end] { home.drain(end); });
    if (is_first) io::asio::co_spawn(first().executor(), shut_down(shared_from_this()), io::asio::detached);
}

void server::machinery::let_nobody_in() {
    ready = false;
    for (const auto& source : listeners) source->close();
    open_at_stop = live();
    shared.report.stopping(open_at_stop);
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
    shared.is_over = true;
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
        made.published += one->handed_out.load(std::memory_order_relaxed);
        made.lost += one->lost.load(std::memory_order_relaxed) + one->left_in_box();
    }
    return made;
}

}  // namespace hawser::server
