// How a server starts and serves; its end is in shutdown.cpp. Connections are let in by acceptor.cpp; their life is in session.cpp.
#include "machinery.hpp"

#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/random.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <new>
#include <stdexcept>
#include <system_error>

namespace hawser::server {

namespace {

// Of a Unix path the system says who.
std::string who_has(const std::string& name) {
    const result<io::address> where = io::address::parse(name);
    const std::optional<int> process = where ? io::listening_process(*where) : std::nullopt;
    return process ? ", process " + std::to_string(*process) + " has it" : std::string();
}

}  // namespace

// Start.

result<void> server::machinery::start_on_threads(bool with_signals) {
    own_front = std::make_unique<own_context>();
    guards.emplace_back(front());
    std::vector<std::unique_ptr<worker>> own;
    for (unsigned i = 0; i < threads_of(shared.settings); ++i) own.push_back(std::make_unique<worker>());
    for (const auto& one : own) guards.emplace_back(one->executor());
    if (const result<void> prepared = prepare(std::move(own), with_signals); !prepared) return prepared;
    try {
        for (const auto& one : workers) start_thread(*one);
        if (!with_signals) start_thread([self = shared_from_this()] { self->run_front(); });
        begin_serving();
    } catch (const std::exception& error) {
        return give_up(error);
    }
    return {};
}

result<void> server::machinery::start_on(io::asio::io_context& users) {
    std::vector<std::unique_ptr<worker>> only;
    only.push_back(std::make_unique<worker>(users));
    const result<void> prepared = prepare(std::move(only), false);
    if (prepared) begin_serving();
    return prepared;
}

void server::machinery::start_thread(std::function<void()> what) {
    const std::size_t all = workers.size();
    const std::size_t number = threads.size() + 1;
    try {
        threads.emplace_back(std::move(what));
    } catch (const std::system_error& error) {
        const std::string which = number > all ? "the thread that accepts" : "thread " + std::to_string(number) + " of " + std::to_string(all);
        throw std::system_error(error.code(), "cannot start " + which);
    }
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
        start_thread(std::move(serve));
    } catch (...) {
        home.has_returned = true;
        throw;
    }
}

// The system has no more threads, say: those that there are end again, and nobody is told that it was about to serve.
result<void> server::machinery::give_up(const std::exception& error) {
    failure = error.what();
    {
        const std::scoped_lock lock(mutex);
        asked = io::duration::zero();
        obey_soon();
    }
    if (threads.size() <= workers.size()) run_front();   // it has no thread of its own
    join();
    const auto* of_system = dynamic_cast<const std::system_error*>(&error);
    return error_code(of_system != nullptr ? of_system->code().value() : ENOMEM, boost::system::system_category());
}

result<void> server::machinery::prepare(std::vector<std::unique_ptr<worker>> on, bool with_signals) {
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
    result<void> opened = open_listeners();
    if (opened && with_signals) catch_signals();   // before anybody is told that it runs: who is told may send one
    if (opened) opened = plan_memory();            // everything of ours is open by now: the rest is for connections
    if (!opened) {
        signals.reset();
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
    admission_limits limits = shared.settings.admission;
    limits.max_connections = plan.connections;
    door.emplace(front(), workers, limits, shared.report,
                 [this](worker& home, io::accepted made) { open(home, std::move(made)); });
    const std::scoped_lock lock(mutex);
    now = phase::starting;
    return {};
}

// Everything stands, and so it may be told.
void server::machinery::begin_serving() {
    shared.report.planned(plan);
    tell_listening();
    for (const auto& source : listeners) door->start(*source, shared_from_this());
    const std::scoped_lock lock(mutex);
    now = phase::running;
    ready = !asked;
    if (asked) obey_soon();
}

// There may be more descriptors by now, or fewer, and so connections, than when the config was checked.
result<void> server::machinery::plan_memory() {
    try {
        plan = plan_of(shared.settings, workers.size());
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
        else failure = "cannot listen on " + name + ": " + made.error().message() + who_has(name);
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
