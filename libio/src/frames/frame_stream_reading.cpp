// The reading half of frame_stream.
#include <hawser/io/frame_stream.hpp>

#include <hawser/io/watchdog.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"
#include "time_limit.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>

namespace hawser::io {

namespace {

// An unfinished frame up to this size is kept in memory of its own while its connection waits; copying it costs less
// than a block that is out. A longer one keeps its block.
constexpr std::size_t max_kept_tail = 16 * 1024;

// After so many turns what they have answered leaves, though there is more to answer: the turns of a busy thread take their time.
constexpr std::uint8_t most_turns = 16;

// What is still read of a peer after stop_reading().
constexpr std::uint32_t last_reads = 1024 * 1024;

}  // namespace

std::optional<bytes> frame_stream::next() {
    while (turn_left_ > 0 && !failure_) {
        if (reader_.is_drained() && limits_->fill == frame::fill::greedy) return std::nullopt;   // as after nearly every last frame: nobody has to be asked
        const frame::decoded answer = reader_.next();
        if (answer.is_frame()) [[likely]] {
            --turn_left_;
            return answer.body();
        }
        if (answer.what() == frame::decoded::kind::need_more) return std::nullopt;
        if (answer.what() == frame::decoded::kind::failed) no_more_frames(answer.error());
    }
    return std::nullopt;
}

void frame_stream::no_more_frames(error_code why) noexcept {
    failure_ = why;
    if (why != condition::ended) reject(why);
}

// Whether there is something to wait for.
bool frame_stream::begin_fill() try {
    filling_ = filling::waits;
    if (takes_no_more_) {
        flush_now();
        filling_ = filling::stopped;
        return false;
    }
    // There is more: whoever is ready goes first, and what this turn has answered leaves with the answers to the rest.
    const bool had_its_turn = std::exchange(turn_left_, static_cast<std::uint16_t>(limits_->turn_frames)) == 0;
    if (had_its_turn && reader_.is_inside()) {
        if (++turns_ % most_turns == 0 || outbox_.queued() >= buffer_pool::large) flush_now();
        awaits_ = awaits::turn;
        in_line_ = true;
        return true;
    }
    flush_now();
    const time_point now = clock::now();
    const bool is_late = user_read_deadline() <= now;   // then it is late also if there is something to read
    if (is_late && !failure_ && !stopping_) {
        filling_ = filling::late;
        return false;
    }
    if (extras_ && extras_->turn_left > 0 && !failure_ && !stopping_) {   // what else has come belongs to the same turn
        filling_ = filling::done;
        if (read_now()) return false;
        filling_ = filling::waits;
        extras_->turn_left = 0;
    }
    was_busy_ = false;
    read_limit_ = read_limit(now);
    stream_.set_read_deadline(std::min(user_read_deadline(), read_limit_));
    looks_.begin_wait();
    if (looks_.is_due() && must_pause()) looks_.looked(false);   // while memory is short, only who has something to read stands in line
    filling_ = prepare_wait();
    return filling_ == filling::waits;
} catch (const std::bad_alloc&) {
    return no_memory();
}

frame_stream::filling frame_stream::prepare_wait() {
    for (;;) {
        if (failure_) return filling::done;
        if (stopping_) {
            const bool reads = left_to_read_ > 0 && !(must_pause() && flusher_.memory().level() >= pressure::stop_growing);
            return reads && read_now() ? filling::done : filling::stopped;
        }
        return_read_buffer();
        begin_wait_for_peer();
        awaits_ = awaits::bytes;
        const error_code too_late = stream_.why_not_readable();
        if (!too_late) return filling::waits;
        if (const filling now = after_wait(too_late); now != filling::waits) return now;
    }
}

// After a wait: whether there is more to wait for.
bool frame_stream::go_on(const error_code& waited) try {
    filling_ = takes_no_more_ ? filling::stopped : after_wait(waited);
    if (filling_ == filling::waits && awaits_ != awaits::memory) filling_ = prepare_wait();
    return filling_ == filling::waits;
} catch (const std::bad_alloc&) {
    return no_memory();
}

error_code frame_stream::filled() const noexcept {
    if (filling_ == filling::late) return errc::read_timeout;
    if (filling_ == filling::stopped) return takes_no_more_ ? errc::closed : errc::stopping;
    return failure_;
}

frame_stream::filling frame_stream::after_wait(const error_code& waited) {
    if (awaits_ == awaits::turn) return filling::done;
    if (awaits_ == awaits::memory && filling_ != filling::waits) return filling_;
    if (waited == errc::read_timeout) {
        // A codec that finds its way back loses the frame that never got whole, and not those behind it.
        return user_read_deadline() > clock::now() && reader_.give_up() ? filling::done : timed_out();
    }
    if (waited) {
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

// Reads once, without waiting; false if there is nothing to be read. The end of the stream is the reader's to tell.
bool frame_stream::read_now() {
    const bool sparing = flusher_.memory().is_short();
    borrow_read_buffer(sparing);
    mutable_bytes space = reader_.space(limits_->fill, sparing ? frame::growth::sparing : frame::growth::doubling);
    account();
    space = space.first(std::min(space.size(), limits_->turn_bytes));
    if (stopping_) space = space.first(std::min<std::size_t>(space.size(), left_to_read_));
    const result<std::size_t> count = stream_.try_read(space);
    if (count) {
        reader_.commit(*count);
        if (extras_) use_turn(*count);
        note_progress(*count);
        if (stopping_) left_to_read_ -= static_cast<std::uint32_t>(*count);
        return true;
    }
    if (count.error() == asio::error::would_block) return false;
    if (count.error() == errc::end_of_stream) reader_.end();
    else fail(count.error());
    return true;
}

void frame_stream::stop_reading() noexcept {
    if (std::exchange(stopping_, true)) return;
    left_to_read_ = static_cast<std::uint32_t>(std::min<std::size_t>(stream_.available(), last_reads));
    stream_.wake();
    wake_waiting();   // a pause for memory
}

void frame_stream::take_no_more() noexcept {
    takes_no_more_ = true;
    turn_left_ = 0;   // for next()
    stop_reading();
}

// Whoever has memory of its own for a long frame goes on in that.
void frame_stream::borrow_read_buffer(bool sparing) {
    if (read_lent_) return;
    if (reader_.capacity() >= (sparing ? memory_account::allowance : max_kept_tail)) return;
    reader_.adopt(flusher_.pool().lend(sparing));
    read_lent_ = true;
}

// A block that is lent goes back, but not from under a long frame. Memory of its own may have room for what a frame grows by at a
// time, or each read would copy all of it.
void frame_stream::return_read_buffer() {
    const std::size_t unread = reader_.unread().size();
    if (unread == 0 && read_lent_) {   // nearly always: nothing has begun
        read_lent_ = false;
        flusher_.pool().give_back(reader_.release());
        return account();
    }
    const std::size_t room = reader_.capacity() - unread;
    const bool is_short = flusher_.memory().is_short();
    const bool is_long = unread > max_kept_tail;
    const bool has_block = is_long && reader_.capacity() <= buffer_pool::large && !is_short;
    const std::size_t growth = is_short || !is_long ? unread / 4 : unread;
    const bool is_its_own = (is_long || !read_lent_) && room <= (unread < memory_account::allowance ? 0 : std::max(memory_account::allowance, growth));
    if (has_block || is_its_own) return;
    byte_buffer released = reader_.release();
    if (std::exchange(read_lent_, false)) flusher_.pool().give_back(std::move(released));
    account();
}

// When the wait that begins now must end, by the limits. Only a frame sets the clocks back: not a wait that was broken off, and
// not garbage that a format passes over.
time_point frame_stream::read_limit(time_point now) noexcept {
    const auto frames = static_cast<std::uint32_t>(reader_.frames());
    if (reader_.frames() == 0) return limit(frame_began_at_, limits_->first_frame_timeout);
    if (std::exchange(quiet_after_, frames) != frames) {
        quiet_since_ = now;
        inside_frame_ = false;
    }
    if (!reader_.is_inside()) return limit(quiet_since_, limits_->idle_timeout);
    if (!std::exchange(inside_frame_, true)) frame_began_at_ = now;
    return limit(frame_began_at_, limits_->frame_timeout);
}

// Which bound a read ran into. If the peer is only waiting for us, it waits on.
frame_stream::filling frame_stream::timed_out() noexcept {
    const time_point now = clock::now();
    if (user_read_deadline() <= now) return filling::late;   // not sticky: moving the deadline makes it good
    if (reader_.frames() == 0) {
        fail(errc::first_frame_timeout);
    } else if (reader_.is_inside()) {
        fail(errc::frame_timeout);
    } else if (held_ == 0 && outbox_.empty() && !std::exchange(was_busy_, false)) {
        fail(errc::idle_timeout);
    } else {
        quiet_since_ = now;
        read_limit_ = read_limit(now);
        stream_.set_read_deadline(std::min(user_read_deadline(), read_limit_));
    }
    return failure_ ? filling::done : filling::waits;
}

void frame_stream::set_read_deadline(time_point at) noexcept {
    try {
        more().user_read_deadline = at;
    } catch (const std::bad_alloc&) {
        return fail(asio::error::no_memory);
    }
    stream_.set_read_deadline(std::min(at, read_limit_));
}

}  // namespace hawser::io
