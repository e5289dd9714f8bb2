// How a server starts and serves; its end is in shutdown.cpp. Connections are let in by acceptor.cpp; their life is in session.cpp.
#include "machinery.hpp"

#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/descriptors.hpp>
#include <hawser/io/random.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/detached.hpp>
#include <boost/system/system_error.hpp>

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

// Of a Unix path the system says who began to listen. It need not be a server of ours, nor who has the socket now.
std::string who_has(const std::string& name, const error_code& why) {
    if (why != hawser::errc::address_in_use) return {};
    const result<io::address> where = io::address::parse(name);
    const std::optional<int> process = where ? io::listening_process(*where) : std::nullopt;
    return process ? ", process " + std::to_string(*process) + " began to listen there" : std::string();
}

error_code code_of(const std::exception& error) noexcept {
    if (const auto* of_boost = dynamic_cast<const boost::system::system_error*>(&error)) return of_boost->code();
    const auto* of_system = dynamic_cast<const std::system_error*>(&error);
    const bool is_errno = of_system != nullptr && (of_system->code().category() == std::system_category() ||
                                                   of_system->code().category() == std::generic_category());
    if (is_errno) return {of_system->code().value(), boost::system::system_category()};
    const bool is_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
    return make_error_code(is_memory ? boost::system::errc::not_enough_memory : boost::system::errc::operation_canceled);
}

// Connections that there was no memory to begin with accepting have to wait so long.
constexpr io::duration before_the_next_try = std::chrono::milliseconds(20);

}  // namespace

// Start. It fails as a whole: nothing is accepted before all of it stands, so that all of it can be taken back.

result<void> server::machinery::start_on_threads(bool with_signals) {
    return begin([this, with_signals]() -> result<void> {
        own_front = std::make_unique<own_context>();
        guards.emplace_back(front());
        const unsigned count = shared.settings.threads_now();
        while (workers.size() < count) workers.push_back(std::make_unique<worker>());
        for (const auto& one : workers) guards.emplace_back(one->executor());
        if (const result<void> prepared = prepare(with_signals); !prepared) return prepared;
        for (const auto& one : workers) start_thread(*one);
        if (!with_signals) start_thread([self = shared_from_this()] { self->run_front(); });
        begin_serving();
        return {};
    });
}

result<void> server::machinery::start_on(io::asio::io_context& users) {
    return begin([this, &users]() -> result<void> {
        workers.push_back(std::make_unique<worker>(users));
        const result<void> prepared = prepare(false);
        if (prepared) begin_serving();
        return prepared;
    });
}

// What cannot start, for what reason ever, is as it was before, and nobody is told that it was about to serve.
result<void> server::machinery::begin(const std::function<result<void>()>& start) {
    failure.clear();
    try {
        const result<void> made = start();
        if (made) return made;
        note_failure(failure, made.error());
        take_back();   // whoever waits for the end of it reads the failure then
        return made;
    } catch (const std::exception& error) {
        note_failure(error.what(), code_of(error));
        take_back();
        return code_of(error);
    } catch (...) {   // of the user's
        note_failure("what is no std::exception was thrown", {});
        take_back();
        return make_error_code(boost::system::errc::operation_canceled);
    }
}

// With what can be done about it.
void server::machinery::note_failure(std::string_view what, const error_code& why) noexcept try {
    std::string text(what);
    text += shared.settings.remedy_of(why);
    failure = std::move(text);
} catch (const std::bad_alloc&) {
    failure = "no memory";   // so short that it takes none
}

// No connection has been accepted, so there is nothing to wait for. On the user's io_context nothing has been begun.
void server::machinery::take_back() noexcept {
    const std::scoped_lock joined(joining);
    {
        const std::scoped_lock lock(mutex);
        now = phase::idle;
    }
    guards.clear();
    if (own_front) stop_contexts();
    for (std::thread& one : threads) one.join();
    threads.clear();
    if (own_front) shut_contexts_down();   // what waits there is in the memory of what follows
    signals.reset();
    door.reset();
    shared.relieve = {};
    shared.pool.reset();
    if (guard && !own_front) guard->leave();
    guard.reset();
    listeners.clear();
    let_in_later.reset();
    tell_again.reset();
    grace_over.reset();
    ended_one.reset();
    leaving.reset();
    workers.clear();   // all the others refer to its io_contexts
    own_front.reset();
    const std::scoped_lock lock(mutex);
    ended.notify_all();
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

result<void> server::machinery::prepare(bool with_signals) {
    io::spare_descriptor for_looking;   // into /proc and /sys, when everything else is open: a limit that cannot be read is none
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
    grace_over.emplace(io::watchdog::of(front()), io::calling<&io::event::notify>(*ended_one));
    tell_again.emplace(io::watchdog::of(front()), io::calling<&machinery::tell_all_to_end>(*this));
    let_in_later.emplace(io::watchdog::of(front()), io::calling<&machinery::let_in>(*this));
    result<void> opened = open_listeners();
    if (opened && with_signals) catch_signals();   // before anybody is told that it runs: who is told may send one
    static_cast<void>(for_looking.release());
    if (opened) opened = plan_memory();            // everything of ours is open by now: the rest is for connections
    if (!opened) return opened;
    admission_limits limits = shared.settings.admission;
    limits.max_connections = plan.connections;
    door.emplace(front(), workers, limits, shared.events,
                 [this](worker& home, io::accepted made) { open(home, std::move(made)); });
    const std::scoped_lock lock(mutex);
    now = phase::starting;
    return {};
}

// Everything stands, and so it may be told; after that nothing fails any more. The front may run already: what accepts is begun there.
void server::machinery::begin_serving() {
    shared.events.planned(plan);
    tell_listening();
    const std::scoped_lock lock(mutex);   // who comes first is not to find a server that is about to start
    io::asio::post(front(), letting_in.keep([self = shared_from_this()] { self->let_in(); }));
    now = phase::running;
    ready = !asked;
    if (asked) obey_soon();
}

// A listener whose loop there is no memory for waits a little: its peers are in the system's queue. (Begun on another thread a loop
// would take more memory, and without that Asio ends the process.)
void server::machinery::let_in() noexcept try {
    for (; !stopping && accepting < listeners.size(); ++accepting) door->start(*listeners[accepting], shared_from_this());
} catch (const std::bad_alloc&) {
    let_in_later->move(io::after(io::clock::now(), before_the_next_try));
}

// There may be more descriptors by now, or fewer, and so connections, than when the config was checked.
result<void> server::machinery::plan_memory() {
    if (!has_room_for_a_connection()) {
        failure = "no descriptor is left for a connection";
        return make_error_code(boost::system::errc::too_many_files_open);
    }
    try {
        plan = shared.settings.plan_now(workers.size());
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
        else failure = "cannot listen on " + name + ": " + made.error().message() + who_has(name, made.error());
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
    shared.events.listening(addresses, ports);
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
    const io::endpoint peer = made.peer;
    std::shared_ptr<session> opened;
    try {
        opened = std::make_shared<session>(std::shared_ptr<const service>(shared_from_this(), &shared), home,
                                           std::move(made), number);
        opened->begin();
    } catch (const std::bad_alloc&) {   // the socket is closed by now; a session tells its end itself
        if (!opened) left(home, peer);
    }
}

// A session has ended, on any of the threads. What is left after the end goes down with its io_context, and is not counted.
void server::machinery::left(worker& home, const io::endpoint& peer) noexcept {
    if (!shared.is_over) leaving->add({&home, peer}, shared_from_this());
}

}  // namespace hawser::server
