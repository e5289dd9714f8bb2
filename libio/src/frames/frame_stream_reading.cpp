// How frame_stream reads: it waits by what its inbound half says, and gives it what has come. How somebody waits for
// this is in frame_wait.cpp; how frames are taken of what has come, and in whose memory that is, in inbound.hpp.
#include <hawser/io/frame_stream.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"
#include "time_limit.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>

namespace hawser::inline v0::io {

namespace {

// After so many turns what they have answered leaves, though there is more to answer: the turns of a
// busy thread take their time.
constexpr std::uint8_t most_turns = 16;

}   // namespace

// Not an optional: that is returned in memory, written in parts and copied as a whole, which stalls for 5 ns.
bool frame_stream::next(bytes& body) {
    if (failure_.failed()) [[unlikely]]
        return false;
    return in_.take_measured(body) || next_another_way(body);
}

// Out of line, or each frame would save registers for it.
[[gnu::noinline]] bool frame_stream::next_another_way(bytes& body) {
    if (in_.take(limits_->fill, body)) return true;
    note_end();
    return false;
}

bool frame_read_wait::take() {
    bytes body;
    is_there_ = of_->next(body);
    front_ = body.data();
    size_ = body.size();
    return is_there_;
}

// Perhaps none will come, as the format says.
void frame_stream::note_end() noexcept {
    if (in_.failure() == errc{}) return;
    failure_ = in_.failure();
    if (failure_ != condition::ended) fail(failure_);
}

// Whether there is something to wait for.
bool frame_stream::begin_fill() try {
    filling_ = filling::waits;
    if (in_.comes() == inbound::coming::nothing) {
        flush_now();
        filling_ = filling::stopped;
        return false;
    }
    // There is more: whoever is ready goes first, and what this turn has answered leaves with the answers to the rest.
    if (in_.begin_turn(*limits_)) {
        if (++turns_ % most_turns == 0 || out().queued() >= buffer_pool::large) flush_now();
        awaits_ = awaits::turn;
        in_line_ = true;
        return true;
    }
    flush_now();
    const time_point now = clock::now();
    const bool is_late = user_read_deadline() <= now;   // then it is late also if there is something to read
    if (is_late && !failure_ && !is_stopping()) {
        filling_ = filling::late;
        return false;
    }
    // What else has come belongs to the same turn.
    if (extras_ && extras_->turn_left > 0 && !failure_ && !is_stopping()) {
        filling_ = filling::done;
        if (read_now()) return false;
        filling_ = filling::waits;
        extras_->turn_left = 0;
    }
    static_cast<void>(in_.begin_wait(*limits_, now));
    limit_read();
    looks_.begin_wait();
    // While memory is short, only who has something to read stands in line.
    if (looks_.is_due() && must_pause()) looks_.looked(false);
    filling_ = prepare_wait();
    return filling_ == filling::waits;
} catch (const std::bad_alloc&) {
    return no_memory();
}

frame_stream::filling frame_stream::prepare_wait() {
    for (;;) {
        if (failure_) return filling::done;
        if (is_stopping()) {
            const bool reads = in_.has_more_to_read() &&
                               !(must_pause() && flusher_.memory().level() >= pressure::stop_growing);
            return reads && read_now() ? filling::done : filling::stopped;
        }
        in_.settle(flusher_.pool(), flusher_.memory().is_short());
        account();
        begin_wait_for_peer();
        awaits_ = awaits::bytes;
        const error_code too_late = stream_.why_not_readable();
        if (!too_late) return filling::waits;
        if (const filling now = after_wait(too_late); now != filling::waits) return now;
    }
}

// After a wait: whether there is more to wait for.
bool frame_stream::go_on(const error_code& waited) try {
    filling_ = in_.comes() == inbound::coming::nothing ? filling::stopped : after_wait(waited);
    if (filling_ == filling::waits && awaits_ != awaits::memory) filling_ = prepare_wait();
    return filling_ == filling::waits;
} catch (const std::bad_alloc&) {
    return no_memory();
}

error_code frame_stream::filled() const noexcept {
    if (filling_ == filling::late) return errc::read_timeout;
    if (filling_ == filling::stopped) return in_.comes() == inbound::coming::nothing ? errc::closed : errc::stopping;
    return failure_;
}

frame_stream::filling frame_stream::after_wait(const error_code& waited) {
    if (awaits_ == awaits::turn) return filling::done;
    if (awaits_ == awaits::memory && filling_ != filling::waits) return filling_;
    if (waited) [[unlikely]] {
        // A codec that finds its way back loses the frame that never got whole, and not those behind it.
        if (waited == errc::read_timeout)
            return user_read_deadline() > clock::now() && in_.give_up() ? filling::done : timed_out();
        fail(waited);
    } else if (awaits_ == awaits::bytes && must_pause()) {
        awaits_ = awaits::memory;
    } else {
        awaits_ = awaits::bytes;
        const bool found = read_now();
        looks_.looked(found);
        if (found) return filling::done;
    }
    return filling::waits;
}

// Reads once, without waiting; false if there is nothing to be read. The end of the stream is the format's to tell.
bool frame_stream::read_now() {
    const mutable_bytes space = in_.room(*limits_, flusher_.pool(), flusher_.memory().is_short());
    account();
    const result<std::size_t> count = stream_.try_read(space);
    if (count) {
        in_.took(*count);
        if (extras_) use_turn(*count);
        note_progress(*count);
        return true;
    }
    if (count.error() == asio::error::would_block) return false;
    if (count.error() == errc::end_of_stream) in_.end();
    else fail(count.error());
    return true;
}

void frame_stream::stop_reading(rest of_it) noexcept {
    if (of_it == rest::dropped) in_.take_no_more();
    else if (is_stopping()) return;
    else in_.stop(stream_.available());
    stream_.wake();
    wake_waiting();   // a pause for memory
}

// Which bound a read ran into. If the peer is only waiting for us, it waits on.
frame_stream::filling frame_stream::timed_out() noexcept {
    const time_point now = clock::now();
    if (user_read_deadline() <= now) return filling::late;   // not sticky: moving the deadline makes it good
    if (const error_code late = in_.timed_out(*limits_, now, !out().empty())) {
        fail(late);
        return filling::done;
    }
    limit_read();
    return filling::waits;
}

void frame_stream::set_read_deadline(time_point at) noexcept {
    try {
        more().user_read_deadline = at;
    } catch (const std::bad_alloc&) {
        return fail(asio::error::no_memory);
    }
    limit_read();
}

}   // namespace hawser::io
