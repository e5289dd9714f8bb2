// The clocks of a session: how long it lives, and the heartbeats of its peer. life_over() and beat() run on the
// watchdog, where nobody catches what they throw.
#include "session.hpp"

#include "worker.hpp"

#include <hawser/io/random.hpp>
#include <hawser/io/watchdog.hpp>

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

namespace hawser::inline v0::server {

io::time_point session::end_of_life() const {
    const io::duration longest = service_->settings.max_lifetime;
    if (longest == io::duration::zero()) return io::time_point::max();
    return io::after(frames_.connection().opened_at(), io::jittered(longest, io::random::of(home_.executor()), 0.1));
}

// Too old: it is drained, and cut when that takes too long. Of a connection that was told to go, the
// time to read what is left.
void session::life_over() noexcept {
    const io::time_point end = io::after(io::clock::now(), service_->settings.drain_timeout);
    if (is_strange()) return frames_.fail(errc::entry_timeout);
    if (stage_ == stage::told_to_go) {
        read_the_rest();
    } else if (drained_ == drained::by_age) {
        return frames_.fail(errc::lifetime_over);
    } else {
        drain(end);
        drained_ = drained::by_age;
    }
    if (stage_ != stage::told_to_go && drained_ == drained::by_age) life_.move(end);
}

session::pulse::pulse(session& of, io::time_point now)
    : beat(of.service_->settings.ping_interval, of.service_->settings.ping_misses, now),
      due(io::watchdog::of(of.home_.executor()), io::calling<&session::beat>(of)),
      received(of.received()) {
    due.move(beat.next());
}

void session::heard() {
    pulse* const mine = beating();
    if (mine == nullptr) return;
    mine->beat.heard(io::clock::now());
    mine->due.move(mine->beat.next());
}

// Since the last beat, and there is more: a ping would stand in line behind that. Whether it is enough is for the
// write-stall limit to say.
bool session::takes_what_waits() noexcept {
    const std::uint64_t written = frames_.out().written();
    const std::uint64_t unsent = frames_.connection().unsent();
    const std::uint64_t arrived = written - std::min(written, unsent);
    const bool more_arrived = std::exchange(extras_->beating->arrived, arrived) < arrived;
    return more_arrived && frames_.out().queued() + unsent > 0;
}

// Since the last beat. With a router each read has been heard already; a serve coroutine reads by itself.
bool session::has_sent_more() noexcept {
    const std::uint64_t now = received();
    return std::exchange(extras_->beating->received, now) < now && service_->routes() == nullptr;
}

void session::beat() noexcept try {
    const io::time_point now = io::clock::now();
    pulse& mine = *extras_->beating;
    const bool takes = takes_what_waits();
    if (has_sent_more() || takes) mine.beat.heard(now);
    const io::heartbeat::action action = mine.beat.due(now);
    if (action == io::heartbeat::action::ping) {
        byte_buffer& ping = home_.scratch;
        ping.clear();
        const packet::control& by = *service_->control();
        by.make_ping(by.number_of(mine.beat.number()), ping);
        // No room means that the peer does not read what there is; then the ping would not tell more.
        if (!frames_.push(ping.view())) frames_.flush_soon();
    } else if (action == io::heartbeat::action::lost) {
        if (frames_.connection().available() == 0) return frames_.fail(errc::peer_lost);
        mine.beat.heard(now);   // a handler keeps us from reading it
    }
    mine.due.move(mine.beat.next());
} catch (const std::bad_alloc&) {
    frames_.fail(io::asio::error::no_memory);
} catch (...) {   // of a control of the user's
    handler_failed(std::current_exception());
}

}   // namespace hawser::server
