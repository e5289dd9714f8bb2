// The receiving half of swarm_client.
#include "swarm_client.hpp"

#include <hawser/bytes.hpp>
#include <hawser/protocol/framed.hpp>

#include <utility>

namespace hawser::swarm {

namespace {

// Of an answer that is not good: as much as a line has room for.
constexpr std::size_t most_shown = 60;

}  // namespace

// What says who this is, and the server's yes. Nothing else is said before.
io::task<bool> swarm_client::log_in() {
    const opening& first = *settings().says.first;
    body_.clear();
    error_code error = first.make(number_, stuff_, body_);
    if (!error) error = frames_->push(body_.view());
    if (error) co_return fails("cannot send the first message: " + error.message());
    frames_->set_read_deadline(io::clock::now() + settings().timeout);
    for (;;) {
        while (const std::optional<bytes> body = frames_->next()) {
            if (passes_over(*body)) continue;
            if (first.is_good(*body)) co_return true;
            co_return fails("the first message had no good answer, but " + escaped(*body, most_shown));
        }
        if (const error_code failure = frames_->failure()) co_return lost(failure);
        error = co_await frames_->fill();
        read_at_ = io::clock::now();
        all_.now_is(read_at_);
        if (error && done_) co_return false;   // stopped
        if (error == hawser::errc::read_timeout) co_return fails("the first message was not answered");
        if (error) co_return lost(error);
    }
}

bool swarm_client::passes_over(bytes body) {
    const auto& is_no_answer = settings().says.passes_over;
    if (!is_no_answer || !is_no_answer(body)) return false;
    ++all_.totals.ignored;
    return true;
}

// Until everything is answered or missing and nothing more is to be sent, which is true; or the connection is lost.
io::task<bool> swarm_client::receive_all() {
    for (;;) {
        while (const std::optional<bytes> body = frames_->next()) take(*body);
        count_alike();
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
    if (passes_over(body)) return;
    const packet::decoded<heard> answer = settings().says.read(body);
    if (!answer) return take_other(body, answer.error());
    const ledger::settled done = requests_.settle(*answer, body, read_at_);
    if (done != alike_) count_alike();
    alike_ = done;
    ++times_;
    if (all_.watcher == nullptr) return;
    count_alike();   // whoever is told may look at the counts
    all_.watcher->answered(number_, body, done.what);
}

// Pings of the default protocol are answered; pushes are passed over.
void swarm_client::take_other(bytes body, const packet::malformed& why) {
    if (why != packet::errc::unknown_command) return all_.error("a packet that is none: " + why.message());
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

// Requests that left together and whose answers came together took the same time: what they came to is booked once.
void swarm_client::count_alike() {
    const std::uint64_t times = std::exchange(times_, 0);
    if (times == 0) return;
    report& totals = all_.totals;
    const bool is_good = alike_.what == ledger::verdict::acked;
    (is_good ? all_.slice->acked : all_.slice->failed) += times;
    switch (alike_.what) {
        case ledger::verdict::acked: totals.acked += times; break;
        case ledger::verdict::wrong: totals.wrong += times; break;
        case ledger::verdict::duplicate: totals.duplicate += times; return;
        case ledger::verdict::late: totals.late += times; return;
        case ledger::verdict::unknown: totals.unknown += times; return;
    }
    const io::duration honest = pace_ ? alike_.from_schedule : alike_.took;
    all_.slice->latency.record(honest, times);
    if (read_at_ - honest < all_.measured_from) return;
    all_.last_answer_at = read_at_;
    if (is_good) totals.measured += times;
    totals.latency.record(alike_.took, times);
    if (pace_) totals.latency_from_schedule.record(alike_.from_schedule, times);
}

void swarm_client::give_up(io::time_point sent_before) {
    const std::size_t count = requests_.give_up(sent_before);
    all_.totals.missing += count;
    all_.slice->failed += count;
    if (count > 0) trouble_ = "answers are missing";
    watch_answers();
}

}  // namespace hawser::swarm
