#include "kept_connection.hpp"

#include <hawser/io/random.hpp>
#include <hawser/io/spawn.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/detached.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::client {

kept_connection::surroundings::surroundings(const io::executor& where, dialler by, reconnecting_options with)
    : here(where),
      dial(std::move(by)),
      settings(std::move(with)),
      pushes(std::make_shared<inbox>(where, inbox::bounds{settings.connection.inbox, settings.connection.inbox_bytes})),
      ids(std::make_shared<numbers>()),
      queue(where),
      changed(where) {}

double kept_connection::surroundings::chance() { return io::random::of(here).fraction(); }

kept_connection::kept_connection(surroundings& around, std::size_t number)
    : around_(around), number_(number), pauses_(around.settings.pauses) {}

void kept_connection::start(const std::shared_ptr<kept_connection>& self) {
    ++self->running_;
    io::spawn(self->around_.here, keep(self), io::asio::detached);
}

void kept_connection::ended() {
    if (--running_ == 0) around_.changed.notify();
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
    if (!over_) return now;
    now.in_flight = over_->in_flight();
    now.round_trip = over_->round_trip();
    return now;
}

void kept_connection::enter(what state) {
    last_.now = state;
    if (around_.settings.watch) around_.settings.watch(number_, last_);
}

// For as long as the client lives.
io::task<void> kept_connection::keep(std::shared_ptr<kept_connection> self) {
    surroundings& around = self->around_;
    const std::stop_token stop = around.stopping.get_token();
    while (!stop.stop_requested()) {
        std::shared_ptr<link> made;
        const error_code failed = co_await self->connect(made);
        io::duration pause{};
        if (failed) {
            ++around.counters.failed;
            self->last_.last_failure = failed;
            pause = self->pauses_.next(around.chance());
        } else {
            self->over_ = made;
            pause = co_await self->attend();
        }
        if (made) {
            ++self->running_;
            io::spawn(around.here, see_off(self, made), io::asio::detached);
        }
        if (stop.stop_requested()) break;
        self->last_.until = io::after(io::clock::now(), pause);
        self->enter(what::waiting);
        static_cast<void>(co_await io::sleep(pause, stop));
    }
    self->enter(what::closed);
    self->ended();
}

// Dials and greets. `made` is the connection, also if the greeting failed.
io::task<error_code> kept_connection::connect(std::shared_ptr<link>& made) {
    const options& settings = around_.settings.connection;
    const std::stop_token stop = around_.stopping.get_token();
    error_code failed;
    try {
        enter(what::dialling);
        result<io::transport> carrier = co_await around_.dial(settings.connect_timeout, stop);
        if (!carrier) co_return carrier.error();
        if (stop.stop_requested()) co_return hawser::errc::closed;
        made = std::make_shared<link>(std::move(*carrier), settings, around_.pushes, around_.ids);
        links_.push_back(made);
        link::start(made);
        enter(what::greeting);
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
    const reconnecting_options& settings = around_.settings;
    io::deadline give_up(io::watchdog::of(around_.here), io::calling<&link::connected_late>(*fresh));
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
    const std::shared_ptr<link> over = over_;
    const io::time_point began = io::clock::now();
    ++around_.counters.connected;
    enter(what::connected);
    around_.changed.notify();
    around_.queue.wake_first();
    while (!over->ended() && !over->told_to_leave() && !around_.is_stopping()) co_await over->changed().wait();
    over_ = nullptr;
    if (around_.is_stopping()) co_return io::duration::zero();
    pauses_.lived(io::clock::now() - began);
    if (!over->ended()) co_return leave(*over->told_to_leave());
    ++around_.counters.broken;
    last_.last_failure = *over->ended();
    while (over->in_flight() > 0) co_await over->changed().wait();   // they are in the queue again before the next is dialled
    co_return pauses_.next(around_.chance());
}

// At a random instant in the time that the server gave: it tells all of its clients at once.
io::duration kept_connection::leave(io::duration within) {
    ++around_.counters.sent_away;
    const io::duration longest = std::min(within, around_.settings.longest_leave);
    const std::chrono::duration<double, io::duration::period> some(static_cast<double>(longest.count()) * around_.chance());
    return std::max(std::chrono::duration_cast<io::duration>(some), pauses_.next(around_.chance()));
}

// A connection that gets no more requests ends when those on it have.
io::task<void> kept_connection::see_off(std::shared_ptr<kept_connection> self, std::shared_ptr<link> left) {
    while (left->in_flight() > 0 && !left->ended() && !self->around_.is_stopping()) co_await left->changed().wait();
    left->stop();
    while (!left->finished()) co_await left->changed().wait();
    std::erase(self->links_, left);
    self->ended();
}

}  // namespace hawser::client
