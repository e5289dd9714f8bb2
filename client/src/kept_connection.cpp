#include "kept_connection.hpp"

#include <hawser/io/random.hpp>
#include <hawser/io/spawn.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/detached.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::inline v0::client {

kept_connection::shared_state::shared_state(const io::executor& executor, dialler dialled_by,
                                            reconnecting_options options)
    : here(executor),
      dial(std::move(dialled_by)),
      settings(std::move(options)),
      pushes(std::make_shared<inbox>(executor,
                                     inbox::bounds{settings.connection.inbox, settings.connection.inbox_bytes})),
      ids(std::make_shared<numbers>()),
      queue(executor),
      changed(executor) {}

double kept_connection::shared_state::chance() { return io::random::of(here).fraction(); }

kept_connection::kept_connection(shared_state& shared, std::size_t number)
    : shared_(shared), number_(number), pauses_(shared.settings.pauses) {}

void kept_connection::start(const std::shared_ptr<kept_connection>& self) {
    ++self->running_;
    io::spawn(self->shared_.here, keep(self), io::asio::detached);
}

void kept_connection::ended() {
    if (--running_ == 0) shared_.changed.notify();
}

void kept_connection::stop() {
    for (const auto& each : links_) {
        each->stop();
        each->changed().notify();
    }
}

void kept_connection::fail(error_code why) noexcept {
    for (const auto& each : links_) each->fail(why);
}

connection_state kept_connection::state() const {
    connection_state now = last_;
    if (!current_) return now;
    now.in_flight = current_->in_flight();
    now.round_trip = current_->round_trip();
    return now;
}

void kept_connection::enter(phase state) {
    last_.now = state;
    if (shared_.settings.watch) shared_.settings.watch(number_, last_);
}

// For as long as the client lives.
io::task<void> kept_connection::keep(std::shared_ptr<kept_connection> self) {
    shared_state& shared = self->shared_;
    const std::stop_token stop = shared.stopping.get_token();
    while (!stop.stop_requested()) {
        std::shared_ptr<link> made;
        const error_code failed = co_await self->connect(made);
        io::duration pause{};
        if (failed) {
            ++shared.counters.failed;
            self->last_.last_failure = failed;
            pause = self->pauses_.next(shared.chance());
        } else {
            self->current_ = made;
            pause = co_await self->attend();
        }
        if (made) {
            ++self->running_;
            io::spawn(shared.here, see_off(self, made), io::asio::detached);
        }
        if (stop.stop_requested()) break;
        self->last_.until = io::after(io::clock::now(), pause);
        self->enter(phase::waiting);
        static_cast<void>(co_await io::sleep(pause, stop));
    }
    self->enter(phase::closed);
    self->ended();
}

// Dials and greets. `made` is the connection, also if the greeting failed.
io::task<error_code> kept_connection::connect(std::shared_ptr<link>& made) {
    const options& settings = shared_.settings.connection;
    const std::stop_token stop = shared_.stopping.get_token();
    error_code failed;
    try {
        enter(phase::dialling);
        result<io::transport> carrier = co_await shared_.dial(settings.connect_timeout, stop);
        if (!carrier) co_return carrier.error();
        if (stop.stop_requested()) co_return hawser::errc::closed;
        made = std::make_shared<link>(std::move(*carrier), settings, shared_.pushes, shared_.ids);
        links_.push_back(made);
        link::start(made);
        enter(phase::greeting);
        failed = co_await greet(made);
    } catch (const std::bad_alloc&) {
        failed = make_error_code(boost::system::errc::not_enough_memory);
    } catch (...) {
        failed = errc::hook_failed;
    }
    if (!failed && made->ended()) failed = *made->ended();
    if (failed && made) made->fail(failed);
    co_return failed;
}

io::task<error_code> kept_connection::greet(std::shared_ptr<link> fresh) {
    const reconnecting_options& settings = shared_.settings;
    io::deadline give_up(io::watchdog::of(shared_.here), io::calling<&link::connected_late>(*fresh));
    give_up.move(io::after(io::clock::now(), settings.connection.connect_timeout));
    client view(fresh);
    result<void> done = result<void>();
    if (settings.hello) done = co_await view.hello();
    if (done && settings.hook) done = co_await settings.hook(view);
    view.link_.reset();   // it goes on without the view
    if (give_up.expired()) co_return hawser::errc::connect_timeout;
    co_return done ? error_code() : done.error();
}

// While requests flow. Returns how long to wait for the next connection.
io::task<io::duration> kept_connection::attend() {
    const std::shared_ptr<link> used = current_;
    const io::time_point began = io::clock::now();
    ++shared_.counters.connected;
    enter(phase::connected);
    shared_.changed.notify();
    shared_.queue.wake_first();
    while (!used->ended() && !used->told_to_go() && !shared_.is_stopping()) co_await used->changed().wait();
    current_ = nullptr;
    if (shared_.is_stopping()) co_return io::duration::zero();
    pauses_.lived(io::clock::now() - began);
    if (!used->ended()) co_return pause_after_go_away(*used->told_to_go());
    ++shared_.counters.broken;
    last_.last_failure = *used->ended();
    // They are in the queue again before the next is dialled.
    while (used->in_flight() > 0) co_await used->changed().wait();
    co_return pauses_.next(shared_.chance());
}

// At a random instant in the time that the server gave: it tells all of its clients at once.
io::duration kept_connection::pause_after_go_away(io::duration within) {
    ++shared_.counters.sent_away;
    const io::duration longest = std::min(within, shared_.settings.longest_leave);
    const std::chrono::duration<double, io::duration::period> some(static_cast<double>(longest.count()) *
                                                                   shared_.chance());
    return std::max(std::chrono::duration_cast<io::duration>(some), pauses_.next(shared_.chance()));
}

// A connection that gets no more requests ends when those on it have.
io::task<void> kept_connection::see_off(std::shared_ptr<kept_connection> self, std::shared_ptr<link> old) {
    while (old->in_flight() > 0 && !old->ended() && !self->shared_.is_stopping()) co_await old->changed().wait();
    old->stop();
    while (!old->finished()) co_await old->changed().wait();
    std::erase(self->links_, old);
    self->ended();
}

}   // namespace hawser::client
