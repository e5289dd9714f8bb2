// The receiving half of swarm_client.
#include "swarm_client.hpp"

#include <hawser/bytes.hpp>

#include <optional>

namespace hawser::inline v0::swarm {

namespace {

// How much of a bad answer is shown: as much as fits a line.
constexpr std::size_t most_shown = 60;

}   // namespace

// Sends the opening and waits for its answer, before anything else.
io::task<bool> swarm_client::log_in() {
    const opening& first = *plan().traffic.first;
    body_.clear();
    error_code error = first.make(number_, values_, body_);
    if (!error) error = frames_->push(body_.view());
    if (error) co_return failed("cannot send the first message: " + error.message());
    frames_->set_read_deadline(io::clock::now() + plan().timeout);
    for (;;) {
        for (bytes body; frames_->next(body);) {
            if (is_ignored(body)) continue;
            if (first.is_good(body)) co_return true;
            co_return failed("the first message had no good answer, but " + escaped(body, most_shown));
        }
        if (const error_code failure = frames_->failure()) co_return lost(failure);
        error = co_await frames_->fill();
        read_at_ = io::clock::now();
        state_.advance(read_at_);
        if (error && done_) co_return false;   // stopped
        if (error == hawser::errc::read_timeout) co_return failed("the first message was not answered");
        if (error) co_return lost(error);
    }
}

bool swarm_client::is_ignored(bytes body) {
    const auto& ignored = plan().traffic.is_ignored;
    if (!ignored || !ignored(body)) return false;
    ++state_.totals.ignored;
    return true;
}

// True when everything is answered or missing and nothing more is to be sent; false when the connection is lost.
io::task<bool> swarm_client::receive_all() {
    for (;;) {
        for (bytes body; frames_->next(body);) handle(body);
        batch_.count(read_at_);
        if (thrown_) std::rethrow_exception(thrown_);
        if (const error_code failure = frames_->failure()) co_return lost(failure);
        send_due(io::clock::now());
        if (!may_send() && requests_.in_flight() == 0) co_return true;
        watch_answers();
        const error_code error = co_await frames_->fill();
        read_at_ = io::clock::now();
        state_.advance(read_at_);
        if (!error) continue;
        if (thrown_) std::rethrow_exception(thrown_);
        if (error != hawser::errc::read_timeout) co_return lost(error);
        give_up(read_at_ - plan().timeout);
    }
}

// Sets the read deadline to when the oldest request in flight will be missing. Without one in flight the server may be
// silent.
void swarm_client::watch_answers() noexcept {
    const io::time_point oldest = requests_.oldest();
    if (oldest != never) frames_->set_read_deadline(oldest + plan().timeout);
    else frames_->set_read_deadline(may_send() ? never : io::time_point::min());   // ends the wait
}

void swarm_client::handle(bytes body) {
    if (is_ignored(body)) return;
    const packet::decoded<received_answer> answer = plan().traffic.read(body);
    if (!answer) return handle_other(body, answer.error());
    const ledger::settled done = requests_.settle(*answer, body, read_at_);
    batch_.add(done, read_at_);
    if (state_.watcher == nullptr) return;
    batch_.count(read_at_);   // the watcher may look at the report
    state_.watcher->answered(number_, body, done.verdict);
}

// Answers pings, and ignores pushes.
void swarm_client::handle_other(bytes body, const packet::malformed& why) {
    const std::optional<packet::outline>& speaks = plan().traffic.speaks;
    const packet::control* const by = speaks ? speaks->control() : nullptr;
    if (by != nullptr && by->answer_ping != nullptr) {
        byte_buffer pong;
        if (by->answer_ping(body, pong)) {
            if (!frames_->push(pong.view())) frames_->flush_soon();
            return;
        }
    }
    if (why != packet::errc::unknown_command) return state_.error("a packet that is none: " + why.message());
    if (!speaks) return;
    if (const packet::decoded<void> read = speaks->check(body); !read)
        state_.error("a packet that is none: " + read.error().message());
}

void swarm_client::give_up(io::time_point sent_before) {
    const std::size_t count = requests_.give_up(sent_before);
    state_.totals.missing += count;
    state_.slice->failed += count;
    if (count > 0) trouble_ = "answers are missing";
    watch_answers();
}

}   // namespace hawser::swarm
