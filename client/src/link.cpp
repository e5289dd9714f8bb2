#include "link.hpp"

#include <hawser/io/alarm.hpp>
#include <hawser/io/spawn.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/detached.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::inline v0::client {

// One request under way; lives in the coroutine that waits for it, and leaves the table with it however that ends.
struct link::waiter {
    waiter(link& over, const packet::identity& waited_for)
        : of(over), awaited(waited_for), changed(over.frames_.get_executor()), give_up(changed) {
        ++of.in_flight_;
        is_waiting = of.requests_.add(awaited, *this);
    }
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;

    ~waiter() {
        if (is_waiting) of.requests_.remove(awaited);
        if (--of.in_flight_ == 0) of.changed_.notify();
    }

    void finish(result<byte_buffer> got) {
        is_waiting = false;
        answer.emplace(std::move(got));
        changed.notify();
    }

    link& of;
    packet::identity awaited;
    io::event changed;
    io::alarm give_up;
    std::optional<result<byte_buffer>> answer;
    bool is_waiting = false;   // in the table
};

link::link(io::transport carrier, const options& settings, std::shared_ptr<inbox> pushes, std::shared_ptr<numbers> ids)
    : settings_(settings),
      frames_(std::move(carrier), settings.answer_codec.value_or(settings.codec), settings.codec, settings.limits),
      forms_(settings.speaks.forms().begin(), settings.speaks.forms().end()),
      pushes_(std::move(pushes)),
      ids_(std::move(ids)),
      changed_(frames_.get_executor()),
      pulse_(settings.ping_interval, settings.ping_misses, io::clock::now()),
      beat_(io::watchdog::of(frames_.get_executor()), io::calling<&link::beat>(*this)) {
    if (settings.ping_interval > io::duration::zero()) settings.speaks.require_pings();
}

link::link(io::transport carrier, const options& settings)
    : link(std::move(carrier), settings, nullptr, std::make_shared<numbers>()) {
    is_only_one_ = true;
    pushes_ = std::make_shared<inbox>(frames_.get_executor(), inbox::bounds{settings.inbox, settings.inbox_bytes});
}

void link::start(const std::shared_ptr<link>& self) {
    self->beat_.move(self->pulse_.next());
    io::spawn(self->frames_.get_executor(), read(self), io::asio::detached);
}

// Reading.

io::task<void> link::read(std::shared_ptr<link> self) {
    error_code error;
    try {
        while (!error) {
            if (bytes body; self->frames_.next(body)) {
                error = self->deliver(body);
            } else if (self->frames_.failure()) {
                error = self->frames_.failure();
            } else {
                error = co_await self->frames_.fill();
                if (self->beat_.at() != io::time_point::max()) self->pulse_.heard(io::clock::now());
            }
        }
    } catch (const std::bad_alloc&) {
        error = make_error_code(boost::system::errc::not_enough_memory);
    }
    self->beat_.clear();
    if (error == condition::invalid) self->frames_.fail(error);
    self->ended_ = error;
    self->requests_.take_all([&](waiter& who) { who.finish(error); });
    self->pushes_->changed().notify();
    self->changed_.notify();
    try {
        co_await self->frames_.finish(self->settings_.linger);
    } catch (const std::bad_alloc&) {
        self->frames_.fail(make_error_code(boost::system::errc::not_enough_memory));
    }
    while (!self->frames_.abandon()) static_cast<void>(co_await self->frames_.others_turn());
    // A turn: to end a coroutine that has never waited takes memory.
    static_cast<void>(co_await self->frames_.others_turn());
    self->finished_ = true;
    self->changed_.notify();
}

error_code link::deliver(bytes body) {
    const packet::decoded<packet::identity> what = packet::identify(forms_, settings_.speaks.place(), body);
    if (!what && !(what.error() == packet::errc::unknown_command)) return take_control(body).value_or(what.error());
    if (waiter* who = what ? requests_.take(*what) : nullptr) {
        byte_buffer copy(body.size());
        copy.append(body);
        who->finish(std::move(copy));
        return {};
    }
    if (const std::optional<error_code> taken = take_control(body)) return *taken;
    if (what && is_answer(what->command)) {
        ++late_answers_;
        overdue_.remove(*what);
    } else {
        pushes_->keep(body);
    }
    return {};
}

// What the server says beside the answers: none if it is not of that, or what is malformed in it.
std::optional<error_code> link::take_control(bytes body) {
    const packet::control* const by = settings_.speaks.control();
    if (by == nullptr) return {};
    if (by->answer_ping != nullptr) {
        byte_buffer pong;
        const packet::decoded<void> asked = by->answer_ping(body, pong);
        if (asked) push(pong.view());
        if (!packet::is_another(asked)) return asked ? error_code() : error_code(asked.error());
    }
    if (by->read_pong != nullptr) {
        const packet::decoded<std::uint32_t> number = by->read_pong(body);
        if (number && by->answers(*number, pinged_)) {   // another may be a late answer to a request of the user's
            static_cast<void>(pulse_.answered(pulse_.number(), io::clock::now()));
            return error_code();
        }
    }
    if (by->read_go_away != nullptr) {
        const packet::decoded<std::chrono::milliseconds> within = by->read_go_away(body);
        if (within) go_away(*within, body);
        if (!packet::is_another(within)) return within ? error_code() : error_code(within.error());
    }
    return {};
}

bool link::is_answer(std::uint64_t command) const noexcept {
    const auto found = std::ranges::find(forms_, command, &packet::form::command);
    return found != forms_.end() && found->is_reply && found->id_size > 0;   // no request waits for one without an id
}

void link::go_away(std::chrono::milliseconds within, bytes body) {
    told_to_go_ = within;
    if (is_only_one_) pushes_->keep(body);
    changed_.notify();
}

// No room means that the server does not read: a pong tells it nothing, and a ping is missed in any case.
void link::push(bytes body) {
    static_cast<void>(frames_.push(body));
    frames_.flush_soon();
}

// Pings.

// On the watchdog, where nobody catches what it throws.
void link::beat() noexcept try {
    const io::time_point now = io::clock::now();
    const bool takes = takes_what_waits();
    // Or it has come, and this thread has not read it yet.
    if (takes || frames_.connection().available() > 0) pulse_.heard(now);
    switch (pulse_.due(now)) {
        case io::heartbeat::action::nothing: break;
        case io::heartbeat::action::ping: ping(); break;
        case io::heartbeat::action::lost: return frames_.fail(errc::heartbeat_lost);
    }
    beat_.move(pulse_.next());
} catch (const std::bad_alloc&) {
    frames_.fail(make_error_code(boost::system::errc::not_enough_memory));
}

// Since the last beat, and there is more: a ping stands in line behind that, and has not reached the server. Whether it
// is enough is for the write-stall limit to say.
bool link::takes_what_waits() noexcept {
    const std::uint64_t written = frames_.out().written();
    const std::uint64_t unsent = frames_.connection().unsent();
    const std::uint64_t arrived = written - std::min(written, unsent);
    const bool more_arrived = std::exchange(arrived_, arrived) < arrived;
    return more_arrived && frames_.out().queued() + unsent > 0;
}

// Numbered as requests are, whose answers its own might look like.
void link::ping() {
    const packet::control& by = *settings_.speaks.control();
    pinged_ = next_number(by.last_number);
    byte_buffer body;
    by.make_ping(pinged_, body);
    push(body.view());
}

round_trips link::round_trip() const noexcept { return {pulse_.round_trip(), pulse_.smoothed_round_trip()}; }

// Asking.

// A request may be of no packet of the protocol: how its answer looks is known from then on.
void link::expect(const packet::form& answer) {
    const auto found = std::ranges::find(forms_, answer.command, &packet::form::command);
    if (found == forms_.end()) forms_.push_back(answer);
    else found->is_reply = true;
}

io::task<result<byte_buffer>> link::exchange(std::shared_ptr<link> self, packet::form form, packet::identity answer,
                                             bytes body, io::time_point until) {
    if (self->ended_) co_return *self->ended_;
    self->expect(form);
    waiter mine(*self, answer);
    if (!mine.is_waiting) co_return errc::id_in_flight;
    mine.give_up.move(until);
    const result<void> sent = co_await self->frames_.send(body, until);
    while (sent && !mine.answer && !mine.give_up.expired()) co_await mine.changed.wait();
    if (mine.answer) co_return std::move(*mine.answer);
    if (!sent && sent.error() != hawser::errc::write_timeout) co_return sent.error();
    if (sent) self->overdue_.add(answer);
    co_return errc::request_timeout;
}

io::task<result<void>> link::send(std::shared_ptr<link> self, byte_buffer body, io::time_point until) {
    co_return co_await self->frames_.send(body.view(), until);
}

io::task<void> link::close(std::shared_ptr<link> self) {
    self->stop();
    while (!self->finished()) co_await self->changed().wait();
}

io::task<result<void>> link::close_write(std::shared_ptr<link> self) { co_return co_await self->frames_.close_write(); }

io::task<result<byte_buffer>> link::next(std::shared_ptr<link> self) {
    while (self->pushes_->empty() && !self->ended_) co_await self->pushes_->changed().wait();
    if (self->pushes_->empty()) co_return *self->ended_;
    co_return self->pushes_->take();
}

}   // namespace hawser::client
