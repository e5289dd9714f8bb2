// How a server starts and serves; its end is in shutdown.cpp. Connections are let in by acceptor.cpp; their life is in session.cpp.
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

// Start.

result<void> server::machinery::start_on_threads(bool with_signals) {
    own_front = std::make_unique<own_context>();
    guards.emplace_back(front());
    std::vector<std::unique_ptr<worker>> own;
    for (unsigned i = 0; i < threads_of(shared.settings); ++i) own.push_back(std::make_unique<worker>());
    for (const auto& one : own) guards.emplace_back(one->executor());
    const result<void> started = start(std::move(own), with_signals);
    if (!started) return started;
    try {
        for (const auto& one : workers) start_thread(*one);
        if (!with_signals) threads.emplace_back([self = shared_from_this()] { self->run_front(); });
    } catch (const std::system_error& error) {
        return give_up(error);
    }
    return started;
}

void server::machinery::start_thread(worker& home) {
    auto serve = [self = shared_from_this(), &home] {
        home.run(self->shared);
        const std::scoped_lock lock(self->mutex);
        home.has_returned = true;
        self->ended.notify_all();
    };
    home.has_returned = false;
    try {
        threads.emplace_back(std::move(serve));
    } catch (...) {
        home.has_returned = true;
        throw;
    }
}

// The system has no more threads: those that there are end again.
result<void> server::machinery::give_up(const std::system_error& error) {
    failure = std::string("cannot start a thread: ") + error.what();
    ask_to_stop(io::duration::zero());
    run_front();
    join();
    return error_code(error.code().value(), boost::system::system_category());
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
    leaving.emplace(front(), [this](worker& home, const io::endpoint& peer) {
        home.live.fetch_sub(1, std::memory_order_relaxed);
        door->ended(peer);
        ended_one->notify();
    });
    ended_one.emplace(front());
    grace_over.emplace(io::watchdog::of(front()),
                       [](void* event) { static_cast<io::event*>(event)->notify(); }, &*ended_one);
    tell_again.emplace(io::watchdog::of(front()), [](void* self) { static_cast<machinery*>(self)->tell_all_to_end(); }, this);
    result<void> opened = plan_memory();
    if (opened) opened = open_listeners();
    if (!opened) {
        listeners.clear();
        tell_again.reset();
        grace_over.reset();
        ended_one.reset();
        leaving.reset();
        guards.clear();
        workers.clear();   // all the others refer to its io_contexts
        own_front.reset();
        return opened;
    }
    if (with_signals) catch_signals();   // before anybody is told that it runs: who is told may send one
    door.emplace(front(), workers, limits_of(shared.settings), shared.report,
                 [this](worker& home, io::accepted made) { open(home, std::move(made)); });
    for (const auto& source : listeners) door->start(*source, shared_from_this());
    set_ready();
    shared.report.planned(plan_of(shared.settings));
    tell_listening();
    const std::scoped_lock lock(mutex);
    now = phase::running;
    if (asked) obey_soon();
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
        if (const auto still = of.lock()) still->alarm();
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
        if (const error_code error = take(where->text(), io::listen(front(), *where, shared.settings.sockets))) return error;
    }
    for (const make_listener& make : more_listeners)
        if (const error_code error = take("an added listener", make(front()))) return error;
    if (!listeners.empty()) return {};
    failure = "nowhere to listen: the config names no address";
    return make_error_code(boost::system::errc::invalid_argument);
}

void server::machinery::set_ready() {
    const std::scoped_lock lock(mutex);
    ready = !asked;
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
    signals.emplace(front(), [this](io::stop_signals::wish wanted) {
        begin_stop(wanted == io::stop_signals::wish::end_at_once ? io::duration::zero() : shared.settings.drain_timeout);
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

}  // namespace hawser::server
