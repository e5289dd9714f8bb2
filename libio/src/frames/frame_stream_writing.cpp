// How frame_stream writes: what its outbound half has, to the stream; and who waits for room in it.
#include <hawser/io/frame_stream.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"
#include "time_limit.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace hawser::inline v0::io {

// A peer that has closed its sending half still gets its answers.
error_code frame_stream::write_failure() const noexcept {
    if (failure_ && failure_ != condition::ended) return failure_;
    switch (out_.is()) {
        case outbound::state::open: return {};
        case outbound::state::closed: return errc::closed;
        case outbound::state::torn: return errc::torn_frame;
    }
    return {};
}

error_code frame_stream::push(bytes body) {
    if (std::byte* const room = begin_frame(body.size())) {   // nearly always, and it costs half as much
        if (!body.empty()) std::memcpy(room, body.data(), body.size());
        return {};
    }
    if (has_senders()) return errc::outbox_full;
    const error_code error = take(body);
    if (error != errc::outbox_full) return error;
    flush_now();
    return take(body);
}

// A little goes behind what waits in a lent block, which is accounted for already.
std::byte* frame_stream::begin_frame(std::size_t size) {
    if (!out_.takes() || has_senders()) return nullptr;
    std::byte* const body = out_.begin_next(size);
    return body != nullptr ? body : begin_first_frame(size);
}

// Of a block, or one for which there may be no room in it. Out of line, or each frame would save registers for it.
[[gnu::noinline]] std::byte* frame_stream::begin_first_frame(std::size_t size) {
    const std::size_t wanted = out().queued() + size;
    const memory_account& memory = flusher_.memory();
    // Nearly always it is little, and then nobody is asked how short memory is.
    if (wanted > memory_account::allowance &&
        wanted > (memory.is_short() ? memory_account::allowance : buffer_pool::large)) {
        flush_now();   // before, and not once it is full: the body's bytes come later
        if (!out_.takes() || out_.must_not_grow(memory.level())) return nullptr;
    }
    std::byte* const body = out_.begin_first(size, flusher_.pool(), memory.is_short());
    account();
    return body;
}

error_code frame_stream::take(bytes body) {
    if (const error_code error = write_failure()) return error;
    const error_code error = out_.push(body, flusher_.pool(), flusher_.memory().level());
    account();
    if (!error && out().queued() >= buffer_pool::large) flush_now();
    return error;
}

error_code frame_stream::offer(const frame::shared_frame& frame, const frame::label& as, frame::slow_consumer policy) {
    const bool others_wait = policy == frame::slow_consumer::wait && has_senders();
    return others_wait ? make_error_code(errc::outbox_full) : offer_in_turn(frame, as, policy);
}

error_code frame_stream::offer_in_turn(const frame::shared_frame& frame, const frame::label& as,
                                       frame::slow_consumer policy) {
    if (const error_code error = write_failure()) return error;
    // A peer counts as slow when its kernel takes no more, not when this turn has much to say.
    if (out().queued() + frame->size() > frame::outbox::batch) flush_now();
    const frame::backlog::placed placed = out_.offer(frame, as, policy, flusher_.pool(), flusher_.memory().level());
    account();
    if (placed != frame::backlog::placed::no_room) return {};
    if (policy != frame::slow_consumer::close) return errc::outbox_full;
    fail(errc::slow_consumer);
    return failure_;
}

task<result<void>> frame_stream::publish(frame::shared_frame frame, frame::label as, frame::slow_consumer policy) {
    const error_code error = offer(frame, as, policy);
    flush_soon();
    if (error == errc::outbox_full) {
        out_.note_waited();
        const outgoing_message waiting{{}, &frame, as};
        const result<void> pushed = co_await send_in_turn(waiting, limit(clock::now(), limits_->push_timeout));
        if (!pushed && pushed.error() == errc::write_timeout) out_.note_timed_out();
        co_return pushed;
    }
    if (error) co_return error;
    co_return result<void>();
}

task<result<void>> frame_stream::send(bytes body, time_point until) {
    const error_code error = push(body);
    flush_soon();
    if (error == errc::outbox_full) return send_in_turn({body, nullptr, {}}, until);
    return error ? task<result<void>>::of(error) : task<result<void>>::done();
}

error_code frame_stream::take(const outgoing_message& what) {
    return what.pushed == nullptr ? take(what.body) : offer_in_turn(*what.pushed, what.as, frame::slow_consumer::wait);
}

// outbox_full as long as it has to wait. Room comes first: whoever is late to hear of it has it all the same.
error_code frame_stream::take_in_turn(const waiting_line::place& place, const outgoing_message& what) {
    if (const error_code failed = write_failure()) return failed;
    if (place.is_first())
        if (const error_code error = take(what); error != errc::outbox_full) return error;
    const bool is_late = place.is_late() || extras_->user_write_deadline <= clock::now();
    return is_late ? errc::write_timeout : errc::outbox_full;
}

task<result<void>> frame_stream::send_in_turn(outgoing_message what, time_point until) {
    waiting_line& line = more().senders;
    waiting_line::place place(line, until);
    error_code error;
    try {
        error = take_in_turn(place, what);   // perhaps there is room since it was asked for
        while (error == errc::outbox_full) {
            co_await place.wait();
            error = take_in_turn(place, what);
        }
    } catch (const std::bad_alloc&) {
        error = asio::error::no_memory;   // the next in line still has to be told
    }
    place.leave();
    line.wake_first();
    flush_soon();
    if (error) co_return error;
    co_return result<void>();
}

task<result<void>> frame_stream::flush() {
    flush_now();
    while (!out().empty()) {
        extras& mine = more();
        if (mine.user_write_deadline <= clock::now()) co_return errc::write_timeout;
        co_await mine.changed.wait();
    }
    if (const error_code error = write_failure()) co_return error;
    co_return result<void>();
}

task<result<void>> frame_stream::close_write() {
    const result<void> flushed = co_await flush();
    if (flushed) {
        out_.close();
        stream_.close_write();
    }
    co_return flushed;
}

error_code frame_stream::write_now() noexcept {
    return out_.write([this](bytes waits) { return stream_.try_write(waits); });
}

// If the kernel is full, the writer goes on when it is not.
void frame_stream::flush_now() noexcept {
    flush_hook_.unlink();
    if (out_.is_waiting() || out().empty()) return;
    error_code error = write_now();
    if (error == asio::error::would_block) {
        out_.give_up_block(flusher_.pool());
        account();
        error = start_writer();
    }
    if (error) {
        forget_outbox();
        fail(error);
    } else if (!out_.is_waiting()) {
        return_write_buffers();
        wake_waiting();   // also who flushes: it may have found that more had come
    }
}

error_code frame_stream::start_writer() noexcept try {
    out_.begin_wait();
    more().running.spawn(write_when_writable());
    return {};
} catch (const std::bad_alloc&) {
    out_.end_wait();
    return asio::error::no_memory;
}

void frame_stream::flush_soon() noexcept {
    // Asked for each answer.
    if (!flush_hook_.is_linked() && !out_.is_waiting() && !out().empty()) flusher_.add(*this);
}

task<void> frame_stream::write_when_writable() {
    try {
        co_await write_the_rest();
    } catch (const std::bad_alloc&) {
        fail(asio::error::no_memory);
    }
    out_.end_wait();
    in_.note_owed();
    stream_.set_write_deadline(time_point::max());
    return_write_buffers();
}

task<void> frame_stream::write_the_rest() {
    begin_window();
    while (!out().empty()) {
        const error_code waited = co_await stream_.wait_writable();
        const bool timed_out = waited == errc::write_timeout;
        // Tried once more even then: the kernel calls a socket writable only when much of its buffer is free, while a
        // peer that reads slowly makes a little room.
        const std::uint64_t before = out().written();
        const error_code error = waited && !timed_out ? waited : write_now();
        out_.give_up_block(flusher_.pool());
        account();
        note_progress(out().written() - before);
        if (error && error != asio::error::would_block) fail(error);
        else if (timed_out && extras_->user_write_deadline <= clock::now()) co_await write_deadline_passed();
        else if (timed_out && taken_in_window() < limits_->write_progress) fail(errc::write_stalled);
        else if (timed_out) begin_window();
        wake_waiting();
    }
}

// The peer has until the end of the window to take some of what waits for it.
void frame_stream::begin_window() {
    begin_wait_for_peer();
    extras_->window.begin(out().written(), stream_.unsent(), limit(clock::now(), limits_->write_stall_timeout));
    stream_.set_write_deadline(std::min(extras_->window.ends(), extras_->user_write_deadline));
}

std::size_t frame_stream::taken_in_window() noexcept {
    return extras_->window.taken(out().written(), stream_.unsent());
}

// The user's own. Between two frames nothing is lost, and moving the deadline makes it go on. A frame of which the peer
// has a part can never be finished in the user's time, and nothing can follow it: the peer is told that this side ends.
task<void> frame_stream::write_deadline_passed() {
    if (out().is_under_way()) {
        out_.tear();
        forget_outbox();
        stream_.close_write();
    }
    wake_waiting();
    while (!failure_ && !out().empty() && extras_->user_write_deadline <= clock::now())
        co_await extras_->changed.wait();
    if (!out().empty()) begin_window();
}

void frame_stream::set_write_deadline(time_point at) noexcept {
    try {
        more().user_write_deadline = at;
        if (out_.is_waiting()) stream_.set_write_deadline(std::min(at, extras_->window.ends()));
    } catch (const std::bad_alloc&) {
        fail(asio::error::no_memory);
    }
    wake_waiting();
}

void frame_stream::return_write_buffers() noexcept {
    if (!out().empty()) return;
    out_.release(flusher_.pool());
    account();
}

}   // namespace hawser::io
