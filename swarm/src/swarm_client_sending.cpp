// The sending half of swarm_client.
#include "swarm_client.hpp"

#include <hawser/io/alarm.hpp>
#include <hawser/protocol/framed.hpp>

#include <algorithm>
#include <limits>

namespace hawser::swarm {

// By the clock: nobody else's turn.
void swarm_client::wake() noexcept {
    changed_.notify();
    if (!frames_ || frames_->failure()) return;
    try {
        send_due(io::clock::now());
        frames_->flush_soon();
        if (!may_send()) watch_answers();
    } catch (...) {   // the watchdog must not have it
        thrown_ = std::current_exception();
        frames_->close();
    }
}

void swarm_client::send_due(io::time_point now) {
    all_.now_is(now);
    if (now >= leaves_at_) leaving_ = true;
    if (now >= all_.ends_at) done_ = true;
    io::time_point next = std::min(leaves_at_, all_.ends_at);
    while (may_send() && !is_full_) {
        if (!has_next()) {
            done_ = true;
            break;
        }
        if (!has_room()) break;
        if (*due_ > now) {
            next = std::min(next, *due_);
            break;
        }
        send_one(now);
    }
    if (next != wake_.at()) wake_.move(may_send() ? next : never);
}

bool swarm_client::has_room() {
    const bool is_free = requests_.in_flight() < settings().window && !requests_.is_full();
    held_by_ = is_free ? &unsent_requests::by_generator : &unsent_requests::by_window;
    return is_free;
}

std::uint64_t swarm_client::unsent(io::time_point due_before) const {
    const std::uint64_t of_count = settings().count ? *settings().count - count_ : std::numeric_limits<std::uint64_t>::max();
    if (!pace_) return due_before == never && settings().count ? of_count : 0;
    if (due_ && *due_ >= due_before) return 0;   // those after it are due later
    const io::duration end = due_before == never ? load_shape::for_ever : due_before - all_.begun_at;
    return std::min(of_count, (due_ ? 1 : 0) + pace_->left(connects_at_ - all_.begun_at, end));
}

// The request that is due next, in due_; false if there is none.
bool swarm_client::has_next() {
    if (settings().count && count_ >= *settings().count) return false;
    if (due_) return true;
    if (pace_) {
        // What is due before a client is to connect is nobody's: the load grows with the swarm.
        std::optional<io::duration> at = pace_->next();
        while (at && all_.begun_at + *at < connects_at_) at = pace_->next();
        if (at) due_ = all_.begun_at + *at;
    } else {
        due_ = count_ == 0 ? all_.begun_at : last_sent_at_ + settings().interval;
    }
    return due_ && *due_ < all_.due_until;
}

void swarm_client::send_one(io::time_point now) {
    const std::uint32_t number = requests_.next_number();
    body_.clear();
    if (const error_code error = settings().says.make(number, stuff_, body_)) return cannot_send(error);
    const bool is_measured = (pace_ ? *due_ : now) >= all_.measured_from;
    if (is_measured) all_.first_sent_at = std::min(all_.first_sent_at, now);
    requests_.sent(number, body_.view(), now, pace_ ? *due_ : now);   // only a rate is a schedule
    last_sent_at_ = now;
    due_.reset();
    ++count_;
    ++all_.totals.sent;
    ++all_.slice->sent;
    const error_code error = push();
    if (requests_.in_flight() == 1) watch_answers();
    if (!error) return;
    is_full_ = error == hawser::errc::outbox_full;
    if (is_full_) held_by_ = &unsent_requests::by_server;
    if (is_full_) running_.spawn(send_when_there_is_room());
    else cannot_send(error);
}

error_code swarm_client::push() {
    if (all_.watcher == nullptr) return frames_->push(body_.view());
    const std::uint64_t before = frames_->out().written() + frames_->out().queued();
    const error_code error = frames_->push(body_.view());
    const std::uint64_t after = frames_->out().written() + frames_->out().queued();   // less, if pushing has found out that the connection is lost
    all_.watcher->sent(number_, body_.view(), after - std::min(before, after));
    return error;
}

io::task<void> swarm_client::send_when_there_is_room() {
    const result<void> sent = co_await frames_->send(body_.view());
    is_full_ = false;
    if (!sent) cannot_send(sent.error());
    else wake();
}

void swarm_client::cannot_send(const error_code& why) {
    if (frames_->failure()) {   // the reader tells
        leaving_ = true;
    } else if (may_send()) {
        all_.error("cannot send: " + why.message());
        done_ = true;
    }
    watch_answers();
}

io::task<void> swarm_client::ping() {
    byte_buffer body;
    const io::time_point begun_at = io::clock::now();
    for (std::uint32_t number = 1; may_send(); ++number) {
        const io::alarm alarm(changed_, begun_at + settings().ping_interval * number);
        while (may_send() && !alarm.expired()) co_await changed_.wait();
        if (!may_send()) break;
        body.clear();
        packet::encode(packet::ping{packet::serial::from_number(number)}, body);
        const result<void> sent = co_await frames_->send(body.view());
        if (!sent) break;
    }
}

}  // namespace hawser::swarm
