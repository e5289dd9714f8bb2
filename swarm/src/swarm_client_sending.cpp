// The sending half of swarm_client.
#include "swarm_client.hpp"

#include <hawser/io/alarm.hpp>

#include <algorithm>

namespace hawser::inline v0::swarm {

// Called by the watchdog, outside of any turn of this connection.
void swarm_client::wake() noexcept {
    changed_.notify();
    if (!frames_ || frames_->failure()) return;
    try {
        send_due(io::clock::now());
        frames_->flush_soon();
        if (!may_send()) watch_answers();
    } catch (...) {   // the watchdog must not see it
        thrown_ = std::current_exception();
        frames_->close();
    }
}

void swarm_client::send_due(io::time_point now) {
    state_.advance(now);
    if (now >= leaves_at_) leaving_ = true;
    if (now >= state_.ends_at) done_ = true;
    io::time_point next = std::min(leaves_at_, state_.ends_at);
    while (may_send() && !is_full_) {
        if (!schedule_.has_next()) {
            done_ = true;
            break;
        }
        if (!has_room()) break;
        if (schedule_.due() > now) {
            next = std::min(next, schedule_.due());
            break;
        }
        send_one(now);
    }
    if (next != wake_.at()) wake_.move(may_send() ? next : never);
}

bool swarm_client::has_room() {
    const bool is_free = requests_.in_flight() < plan().window && !requests_.is_full();
    held_by_ = is_free ? &unsent_requests::by_generator : &unsent_requests::by_window;
    return is_free;
}

void swarm_client::send_one(io::time_point now) {
    const std::uint32_t number = requests_.next_number();
    body_.clear();
    if (const error_code error = plan().traffic.make(number, values_, body_)) return cannot_send(error);
    const io::time_point scheduled = schedule_.has_rate() ? schedule_.due() : now;   // only a rate is a schedule
    if (scheduled >= state_.measured_from) state_.first_sent_at = std::min(state_.first_sent_at, now);
    requests_.sent(number, body_.view(), now, scheduled);
    schedule_.sent(now);
    ++state_.totals.sent;
    ++state_.slice->sent;
    const error_code error = push();
    if (requests_.in_flight() == 1) watch_answers();
    if (!error) return;
    is_full_ = error == hawser::errc::outbox_full;
    if (is_full_) held_by_ = &unsent_requests::by_server;
    if (is_full_) running_.spawn(send_when_there_is_room());
    else cannot_send(error);
}

error_code swarm_client::push() {
    if (state_.watcher == nullptr) return frames_->push(body_.view());
    const std::uint64_t before = frames_->out().written() + frames_->out().queued();
    const error_code error = frames_->push(body_.view());
    // Less than before, if pushing has found the connection lost.
    const std::uint64_t after = frames_->out().written() + frames_->out().queued();
    state_.watcher->sent(number_, body_.view(), after - std::min(before, after));
    return error;
}

io::task<void> swarm_client::send_when_there_is_room() {
    const result<void> sent = co_await frames_->send(body_.view());
    is_full_ = false;
    if (!sent) cannot_send(sent.error());
    else wake();
}

void swarm_client::cannot_send(const error_code& why) {
    if (frames_->failure()) {   // receive_all() reports it
        leaving_ = true;
    } else if (may_send()) {
        state_.error("cannot send: " + why.message());
        done_ = true;
    }
    watch_answers();
}

io::task<void> swarm_client::ping() {
    const packet::control& by = *plan().traffic.speaks->control();
    byte_buffer body;
    const io::time_point begun_at = io::clock::now();
    for (std::uint32_t number = 1; may_send(); ++number) {
        const io::alarm alarm(changed_, begun_at + plan().ping_interval * number);
        while (may_send() && !alarm.expired()) co_await changed_.wait();
        if (!may_send()) break;
        body.clear();
        by.make_ping(by.number_of(number), body);
        const result<void> sent = co_await frames_->send(body.view());
        if (!sent) break;
    }
}

}   // namespace hawser::swarm
