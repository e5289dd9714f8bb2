// How a server starts and serves. Connections are let in by acceptor.cpp, their life is in session.cpp, and the
// server's end in shutdown.cpp.
#include "running.hpp"

#include "start_failure.hpp"

#include <boost/asio/post.hpp>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace hawser::inline v0::server {

namespace {

// Everything of ours is open by now: the rest is for connections. There may be more descriptors than when the config
// was checked, or fewer, and so connections.
memory_plan plan_of(const effective_config& settings, const crew& on, io::spare_descriptor& for_looking) {
    static_cast<void>(for_looking.release());
    if (!has_room_for_a_connection())
        throw start_failure(make_error_code(boost::system::errc::too_many_files_open),
                            "no descriptor is left for a connection");
    try {
        return settings.plan_now(on.workers().size());
    } catch (const std::invalid_argument& error) {
        throw start_failure(make_error_code(boost::system::errc::not_enough_memory), error.what());
    }
}

std::shared_ptr<memory_guard> watched(const std::shared_ptr<crew>& on, const memory_plan& plan,
                                      const effective_config& settings) {
    auto guard = std::make_shared<memory_guard>(on, plan.pool());
    guard->watch();
    for (const auto& one : on->workers()) one->box.open(guard->pool(), settings.limits_of_all()->outbound_cap, on);
    return guard;
}

admission_limits limits_of(const effective_config& settings, const memory_plan& plan) {
    admission_limits limits = settings.admission;
    limits.max_connections = plan.connections;
    return limits;
}

}   // namespace

// Nothing is accepted before all of it stands. What fails takes back all that was made before, in the opposite order.
running::running(const definition& of, const std::vector<server::make_listener>& added, std::shared_ptr<crew> on,
                 std::shared_ptr<lifecycle> life, bool with_signals, io::spare_descriptor for_looking)
    : crew_(std::move(on)),
      bound_(listen_on_all(of, added, *crew_)),
      signals_(with_signals ? caught() : nullptr),   // before anybody is told that it runs: who is told may send one
      plan_(plan_of(of.settings, *crew_, for_looking)),
      guard_(watched(crew_, plan_, of.settings)),
      service_(of, around()),
      ports_(std::move(bound_.datagrams), *crew_, service_, [this] { shutdown_.datagrams_ended(); }),
      departures_(crew_->front(), [this](worker& home, const io::endpoint& peer) { count_end(home, peer); }),
      entrance_(bound_.streams, *crew_, limits_of(of.settings, plan_), service_.events,
                [this](worker& home, io::accepted made) { open(home, std::move(made)); }),
      life_(std::move(life)),
      shutdown_({service_, *crew_, entrance_, ports_, *life_, signals_.get()}),
      publication_(service_, *crew_, *life_),
      threads_(*crew_) {
    if (crew_->is_own()) threads_.start(service_, !with_signals);
}

std::unique_ptr<caught_signals> running::caught() {
    return std::make_unique<caught_signals>(*crew_, [this](io::stop_signals::wish wanted) {
        const bool at_once = wanted == io::stop_signals::wish::end_at_once;
        shutdown_.begin(shared_from_this(), at_once ? io::duration::zero() : service_.settings.drain_timeout);
    });
}

surroundings running::around() {
    return {.pool = guard_->pool(),
            .relieve =
                [of = std::weak_ptr(guard_)] {
                    if (const auto still = of.lock()) still->alarm();
                },
            .whole = this,
            .session_ended = [this](worker& home, const io::endpoint& peer) { session_ended(home, peer); }};
}

void running::serve() {
    service_.events.planned(plan_);
    service_.events.listening(bound_.addresses, bound_.ports);
    guard_->stay();
    life_->serve([this] { open(); }, [this] { shutdown_.obey_soon({shared_from_this(), &shutdown_}); });
}

void running::open() noexcept {
    ports_.open_soon(shared_from_this());
    entrance_.open_soon(shared_from_this());
}

std::uint16_t running::port() const noexcept {
    for (const auto& source : bound_.streams)
        if (source->port() != 0) return source->port();
    return 0;
}

// A session is made on its own thread, out of that thread's memory.
void running::open(worker& home, io::accepted made) {
    const std::uint64_t number = entrance_.accepted() + 1;
    departures_.expect(connections() + 1);
    auto begin_there = [self = shared_from_this(), &home, number, made = std::move(made)]() mutable {
        self->begin(home, std::move(made), number);
    };
    io::asio::post(home.executor(), std::move(begin_there));
    home.live.fetch_add(1, std::memory_order_relaxed);   // after all that throws; its end is posted to this thread
}

void running::begin(worker& home, io::accepted made, std::uint64_t number) {
    const io::endpoint peer = made.peer;
    std::shared_ptr<session> opened;
    try {
        opened = std::make_shared<session>(std::shared_ptr<const service>(shared_from_this(), &service_), home,
                                           std::move(made), number);
        opened->begin();
    } catch (const std::bad_alloc&) {   // the socket is closed by now; a session tells its end itself
        if (!opened) session_ended(home, peer);
    }
}

// On any of the threads. What is left after the end goes down with its io_context, and is not counted.
void running::session_ended(worker& home, const io::endpoint& peer) noexcept {
    if (!service_.is_over) departures_.add({&home, peer}, shared_from_this());
}

// On the front's.
void running::count_end(worker& home, const io::endpoint& peer) noexcept {
    home.live.fetch_sub(1, std::memory_order_relaxed);
    entrance_.ended(peer);
    shutdown_.connection_ended();
}

void running::join() noexcept {
    threads_.settle([this] { return shutdown_.is_time_up(); }, [this] { abandon(); });
}

std::vector<std::string> running::stuck() noexcept try { return threads_.stuck(); } catch (const std::bad_alloc&) {
    return std::move(nameless_);
}

// What is left is never touched again, and so never destroyed: it still runs.
void running::abandon() noexcept {
    shutdown_.note_stuck(stuck());
    for (const std::string& one : outcome().stuck) service_.events.stuck(one);
    if (service_.settings.on_stuck == stuck_policy::abort) {
        for (const std::string& one : outcome().stuck) std::fprintf(stderr, "does not end: %s\n", one.c_str());
        std::abort();
    }
    static constinit std::mutex access;
    static constinit running* last_abandoned = nullptr;   // so that what is left can be reached, and is no leak
    const std::scoped_lock lock(access);
    itself_ = shared_from_this();
    abandoned_before_ = std::exchange(last_abandoned, this);
}

}   // namespace hawser::server
