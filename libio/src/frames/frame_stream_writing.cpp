// The writing half of frame_stream.
#include <hawser/io/frame_stream.hpp>

#include <hawser/io/watchdog.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"
#include "time_limit.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace hawser::io {

// A peer that has closed its sending half still gets its answers.
error_code frame_stream::write_failure() const noexcept {
    if (failure_ && failure_ != condition::ended) return failure_;
    if (torn_) return errc::torn_frame;
    return write_closed_ ? make_error_code(errc::closed) : error_code();
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
std::byte* frame_stream::begin_next_frame(std::size_t size) {
    if (may_write() && !has_senders())
        if (std::byte* const body = outbox_.begin_frame_in_place(outgoing_, size, memory_account::allowance)) return body;
    return begin_first_frame(size);
}

// Of a block, or one for which there may be no room in it.
std::byte* frame_stream::begin_first_frame(std::size_t size) {
    const std::size_t wanted = outbox_.queued() + size;
    // Nearly always it is little, and then nobody is asked how short memory is.
    if (wanted > memory_account::allowance && wanted > (flusher_.memory().is_short() ? memory_account::allowance : buffer_pool::large)) {
        flush_now();   // before, and not once it is full: the body's bytes come later
        if (must_not_grow()) return nullptr;
    }
    if (!may_write() || has_senders()) return nullptr;
    if (!outbox_.has_block()) borrow_write_buffer(size);
    std::byte* const body = outbox_.begin_frame(outgoing_, size);
    if (body == nullptr) return_write_buffers();   // borrowed for nothing, perhaps
    account();
    return body;
}

// What fits the allowance grows nothing. Whoever has more waiting is told when it leaves; one answer can always be taken.
bool frame_stream::must_not_grow() const noexcept {
    return outbox_.queued() > memory_account::allowance && flusher_.memory().level() >= pressure::stop_growing;
}

error_code frame_stream::take(bytes body) {
    if (!may_write())
        if (const error_code error = write_failure()) return error;
    if (must_not_grow()) return errc::outbox_full;
    borrow_write_buffer(body.size());
    const error_code error = outbox_.push(outgoing_, body);
    if (error) return_write_buffers();   // borrowed for nothing, perhaps
    account();
    if (!error && outbox_.queued() >= buffer_pool::large) flush_now();
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
    if (outbox_.queued() + frame->size() > frame::outbox::batch) flush_now();
    if (frame->size() < frame::outbox::shared_from) borrow_write_buffer(frame->size());
    const bool may_grow = flusher_.memory().level() < pressure::stop_growing || outbox_.empty();
    const frame::backlog::placed placed = outbox_.offer(frame, as, policy, may_grow);
    if (placed != frame::backlog::placed::kept) return_write_buffers();   // borrowed for nothing, perhaps
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
        outbox_.note_waited();
        const outgoing_message waiting{{}, &frame, as};
        const result<void> pushed = co_await send_in_turn(waiting, limit(clock::now(), limits_->push_timeout));
        if (!pushed && pushed.error() == errc::write_timeout) outbox_.note_timed_out();
        co_return pushed;
    }
    if (error) co_return error;
    co_return result<void>();
}

frame::push_counts frame_stream::pushes() const noexcept {
    frame::push_counts counts = outbox_.offered();
    counts.closed = failure_ == errc::slow_consumer ? 1 : 0;
    return counts;
}

// What will leave soon is made in a lent block. What waits for the kernel is in memory of its own, as is what no block holds.
void frame_stream::borrow_write_buffer(std::size_t size) {
    if (outbox_.has_block() || writing_ || write_lent_ || size >= buffer_pool::large) return;
    outbox_.adopt(flusher_.pool().lend(flusher_.memory().is_short()));
    write_lent_ = true;
}

task<result<void>> frame_stream::send(bytes body, time_point until) {
    const error_code error = push(body);
    flush_soon();
    if (error == errc::outbox_full) return send_in_turn({body, nullptr, {}}, until);
    return task<result<void>>::of(error ? result<void>(error) : result<void>());
}

error_code frame_stream::take(const outgoing_message& what) {
    return what.pushed == nullptr ? take(what.body) : offer_in_turn(*what.pushed, what.as, frame::slow_consumer::wait);
}

task<result<void>> frame_stream::send_in_turn(outgoing_message what, time_point until) {
    extras& mine = more();
    extras::sender turn;
    mine.senders.push_back(turn);
    deadline give_up(watchdog::of(get_executor()), calling<&event::notify>(mine.changed));
    give_up.move(until);
    error_code error = errc::outbox_full;
    try {
        while (error == errc::outbox_full) {
            co_await mine.changed.wait();
            if (write_failure()) error = write_failure();
            else if (give_up.expired() || mine.user_write_deadline <= clock::now()) error = errc::write_timeout;
            else if (&mine.senders.front() == &turn) error = take(what);
        }
    } catch (const std::bad_alloc&) {
        error = asio::error::no_memory;   // the next in line still has to be told
    }
    turn.unlink();
    if (has_senders()) wake_waiting();
    flush_soon();
    if (error) co_return error;
    co_return result<void>();
}

task<result<void>> frame_stream::flush() {
    flush_now();
    while (!outbox_.empty()) {
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
        write_closed_ = true;
        stream_.close_write();
    }
    co_return flushed;
}

// Writes until nothing is left or the kernel is full, which is would_block. No memory is a failed write like any other.
error_code frame_stream::write_now() noexcept try {
    for (bytes flying = outbox_.flying(); !flying.empty(); flying = outbox_.flying()) {
        const result<std::size_t> count = stream_.try_write(flying);
        if (!count) return count.error();
        outbox_.written(*count);
    }
    return {};
} catch (const std::bad_alloc&) {
    return asio::error::no_memory;
}

// If the kernel is full, the writer goes on when it is not.
void frame_stream::flush_now() noexcept {
    flush_hook_.unlink();
    if (writing_ || outbox_.empty()) return;
    error_code error = write_now();
    if (error == asio::error::would_block) {
        give_up_block();
        error = start_writer();
    }
    if (error) {
        fail(error);
    } else if (!writing_) {
        return_write_buffers();
        if (has_senders()) wake_waiting();
    }
}

error_code frame_stream::start_writer() noexcept try {
    writing_ = true;
    more().running.spawn(write_when_writable());
    return {};
} catch (const std::bad_alloc&) {
    writing_ = false;
    return asio::error::no_memory;
}

void frame_stream::flush_soon() noexcept {
    if (!flush_hook_.is_linked() && !writing_ && !outbox_.empty()) flusher_.add(*this);   // asked for each answer
}

task<void> frame_stream::write_when_writable() {
    try {
        co_await write_the_rest();
    } catch (const std::bad_alloc&) {
        fail(asio::error::no_memory);
    }
    writing_ = false;
    was_busy_ = true;
    stream_.set_write_deadline(time_point::max());
    return_write_buffers();
}

task<void> frame_stream::write_the_rest() {
    begin_window();
    while (!outbox_.empty()) {
        const error_code waited = co_await stream_.wait_writable();
        const bool timed_out = waited == errc::write_timeout;
        // Tried once more even then: the kernel calls a socket writable only when much of its buffer is free, while a
        // peer that reads slowly makes a little room.
        const std::uint64_t before = outbox_.written();
        const error_code error = waited && !timed_out ? waited : write_now();
        give_up_block();
        note_progress(outbox_.written() - before);
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
    extras_->window_began = outbox_.written();
    extras_->window_unsent = stream_.unsent();
    extras_->stalled_at = limit(clock::now(), limits_->write_stall_timeout);
    stream_.set_write_deadline(std::min(extras_->stalled_at, extras_->user_write_deadline));
}

// What has reached the peer since the window began. Not what our kernel took: that may all still lie in its buffer, and
// a peer that reads slowly may make it take nothing for long.
std::size_t frame_stream::taken_in_window() noexcept {
    const std::size_t had = extras_->window_unsent + (outbox_.written() - extras_->window_began);
    return had - std::min(had, stream_.unsent());
}

// The user's own. Between two frames nothing is lost, and moving the deadline makes it go on. A frame of which the peer has
// a part can never be finished in the user's time, and nothing can follow it: the peer is told that this side ends.
task<void> frame_stream::write_deadline_passed() {
    if (outbox_.is_under_way()) {
        torn_ = true;
        forget_outbox();
        stream_.close_write();
    }
    wake_waiting();
    while (!failure_ && !outbox_.empty() && extras_->user_write_deadline <= clock::now()) co_await extras_->changed.wait();
    if (!outbox_.empty()) begin_window();
}

void frame_stream::set_write_deadline(time_point at) noexcept {
    try {
        more().user_write_deadline = at;
        if (writing_) stream_.set_write_deadline(std::min(at, extras_->stalled_at));
    } catch (const std::bad_alloc&) {
        fail(asio::error::no_memory);
    }
    wake_waiting();
}

void frame_stream::return_write_buffers() noexcept {
    if (!outbox_.empty() || (!write_lent_ && outbox_.capacity() == 0)) return;
    if (write_lent_) flusher_.pool().give_back(outbox_.release());
    else static_cast<void>(outbox_.release());
    write_lent_ = false;
    account();
}

}  // namespace hawser::io
