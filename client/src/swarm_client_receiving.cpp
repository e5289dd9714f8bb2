// The receiving half of swarm_client.
#include "swarm_client.hpp"

#include <hawser/protocol/framed.hpp>

namespace hawser::client {

namespace {

constexpr io::time_point never = swarm_state::never;

}  // namespace

// Until everything is answered or missing and nothing more is to be sent, which is true; or the connection is lost.
io::task<bool> swarm_client::receive_all() {
    for (;;) {
        while (const std::optional<bytes> body = frames_->next()) take(*body);
        if (thrown_) std::rethrow_exception(thrown_);
        if (const error_code failure = frames_->failure()) co_return lost(failure);
        send_due(io::clock::now());
        if (!may_send() && requests_.in_flight() == 0) co_return true;
        watch_answers();
        const error_code error = co_await frames_->fill();
        read_at_ = io::clock::now();
        all_.now_is(read_at_);
        if (!error) continue;
        if (thrown_) std::rethrow_exception(thrown_);
        if (error != hawser::errc::read_timeout) co_return lost(error);
        give_up(read_at_ - settings().timeout);
    }
}

// The read deadline: when the oldest request in flight is missing; without one, silence is no fault.
void swarm_client::watch_answers() noexcept {
    const io::time_point oldest = requests_.oldest();
    if (oldest != never) frames_->set_read_deadline(oldest + settings().timeout);
    else frames_->set_read_deadline(may_send() ? never : io::time_point::min());   // the end of waiting
}

void swarm_client::take(bytes body) {
    const packet::decoded<ledger::settled> done = requests_.answered(body, read_at_);
    if (done) {
        count(*done);
        if (all_.watcher != nullptr) all_.watcher->answered(number_, body, done->what);
    } else if (done.error() == packet::errc::unknown_command) {
        take_other(body);
    } else {
        all_.error("a packet that is none: " + done.error().message());
    }
}

// Pings of the default protocol are answered; pushes are passed over.
void swarm_client::take_other(bytes body) {
    const std::optional<packet::outline>& speaks = settings().says.speaks;
    if (!speaks) return;
    if (const packet::decoded<void> read = speaks->check(body); !read) {
        all_.error("a packet that is none: " + read.error().message());
    } else if (const auto asked = packet::decode_as<packet::ping>(body); asked && speaks->has_extensions()) {
        byte_buffer pong;
        packet::encode(packet::pong{asked->id}, pong);
        if (!frames_->push(pong.view())) frames_->flush_soon();
    }
}

void swarm_client::count(const ledger::settled& done) {
    report& totals = all_.totals;
    ++(done.what == ledger::verdict::acked ? all_.slice->acked : all_.slice->failed);
    switch (done.what) {
        case ledger::verdict::acked: ++totals.acked; break;
        case ledger::verdict::wrong: ++totals.wrong; break;
        case ledger::verdict::duplicate: ++totals.duplicate; return;
        case ledger::verdict::late: ++totals.late; return;
        case ledger::verdict::unknown: ++totals.unknown; return;
    }
    const io::duration honest = pace_ ? done.from_schedule : done.took;
    all_.slice->latency.record(honest);
    if (read_at_ - honest < all_.measured_from) return;
    all_.last_answer_at = read_at_;
    if (done.what == ledger::verdict::acked) ++totals.measured;
    totals.latency.record(done.took);
    if (pace_) totals.latency_from_schedule.record(done.from_schedule);
}

void swarm_client::give_up(io::time_point sent_before) {
    const std::size_t count = requests_.give_up(sent_before);
    all_.totals.missing += count;
    all_.slice->failed += count;
    if (count > 0) trouble_ = "answers are missing";
    watch_answers();
}

}  // namespace hawser::client
