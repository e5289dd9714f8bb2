// The reading half of frame_stream.
#include <hawser/io/frame_stream.hpp>

#include <hawser/io/watchdog.hpp>

#include "time_limit.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace hawser::io {

namespace {

// An unfinished frame up to this size is kept in memory of its own while its connection waits; copying it costs less
// than a block that is out. A longer one keeps its block.
constexpr std::size_t max_kept_tail = 16 * 1024;

// What is still read of a peer after stop_reading().
constexpr std::size_t last_reads = 1024 * 1024;

}  // namespace

std::optional<bytes> frame_stream::next() {
    while (!failure_ && turn_left_ > 0) {
        const frame::decoded answer = reader_.next();
        switch (answer.what()) {
            case frame::decoded::kind::frame: --turn_left_; return answer.body();
            case frame::decoded::kind::need_more: return std::nullopt;
            case frame::decoded::kind::skip: break;
            case frame::decoded::kind::failed:
                failure_ = answer.error();
                if (failure_ != condition::ended) reject(failure_);
                break;
        }
    }
    return std::nullopt;
}

task<result<bytes>> frame_stream::read_frame() {
    for (;;) {
        if (const std::optional<bytes> body = next()) co_return *body;
        if (failure_) co_return failure_;
        if (const error_code error = co_await fill()) co_return error;
    }
}

task<error_code> frame_stream::fill() {
    std::optional<error_code> filled = begin_fill();
    while (!filled) {
        const error_code waited = co_await wait();
        filled = go_on(waited);
    }
    co_return *filled;
}

std::optional<error_code> frame_stream::begin_fill() {
    // There may be more: whoever is ready goes first, and what this turn has answered leaves with the answers to the rest.
    if (std::exchange(turn_left_, limits_->turn_frames) == 0) {
        awaits_ = awaits::turn;
        return std::nullopt;
    }
    flush_now();
    const time_point now = clock::now();
    const bool is_late = user_read_deadline_ <= now;   // then it is late also if there is something to read
    if (is_late && !failure_ && !stopping_) return errc::read_timeout;
    was_busy_ = false;
    read_limit_ = read_limit(now);
    stream_.set_read_deadline(std::min(user_read_deadline_, read_limit_));
    return prepare_wait();
}

// What fill() came to, if it need not wait for bytes.
std::optional<error_code> frame_stream::prepare_wait() {
    for (;;) {
        if (failure_) return failure_;
        if (stopping_) {
            const bool reads = left_to_read_ > 0 && memory_.level() != pressure::stop_growing;
            const error_code error = reads ? read_now() : make_error_code(asio::error::would_block);
            return error == asio::error::would_block ? make_error_code(errc::stopping) : error;
        }
        return_read_buffer();
        awaits_ = awaits::bytes;
        const error_code too_late = stream_.why_not_readable();
        if (!too_late) return std::nullopt;
        if (const std::optional<error_code> done = after_wait(too_late)) return done;
    }
}

task<error_code> frame_stream::wait() {
    if (awaits_ == awaits::memory) co_return co_await wait_for_memory();
    if (awaits_ == awaits::bytes) co_return co_await stream_.wait_readable();
    operation_memory posted;
    co_await asio::post(get_executor(), posted.keep(use_task));
    co_return error_code();
}

std::optional<error_code> frame_stream::go_on(const error_code& waited) {
    const error_code error = awaits_ == awaits::bytes ? stream_.end_wait(waited) : waited;
    std::optional<error_code> done = after_wait(error);
    if (!done && awaits_ != awaits::memory) done = prepare_wait();
    return done;
}

std::optional<error_code> frame_stream::after_wait(const error_code& waited) {
    if (awaits_ == awaits::turn) return error_code();
    if (waited && awaits_ == awaits::memory) return waited;
    if (waited == errc::read_timeout) {
        // A codec that finds its way back loses the frame that never got whole, and not those behind it.
        if (user_read_deadline_ > clock::now() && reader_.give_up()) return error_code();
        if (const error_code why = why_timed_out()) return why;
    } else if (waited) {
        fail(waited);
    } else if (awaits_ == awaits::bytes && must_pause()) {
        awaits_ = awaits::memory;
    } else {
        awaits_ = awaits::bytes;
        const error_code error = read_now();
        if (error != asio::error::would_block) return error;
    }
    return std::nullopt;
}

// Memory is short: whoever holds much waits until there is more, and when there is none left everybody does.
bool frame_stream::must_pause() const noexcept {
    const pressure now = memory_.level();
    return now == pressure::stop_growing || (now != pressure::none && held_bytes_ > max_kept_tail);
}

// Until it is his turn to read once. The peer is not to blame for the pause, so silence does not count; but a frame that is
// too long under way holds what others wait for, and the user's deadline is his own.
task<error_code> frame_stream::wait_for_memory() {
    const memory_account::turn turn(memory_, changed_);
    deadline late(watchdog::of(get_executor()), [](void* event) { static_cast<io::event*>(event)->notify(); }, &changed_);
    while (!failure_ && !stopping_ && !turn.has_come()) {
        const time_point limit = reader_.is_inside() || reader_.frames() == 0 ? read_limit_ : time_point::max();
        late.move(std::min(user_read_deadline_, limit));
        co_await changed_.wait();
        const error_code why = late.expired() && !failure_ ? why_timed_out() : error_code();
        if (why) co_return why;
    }
    co_return failure_;
}

// Reads once, without waiting. The end of the stream is the reader's to tell.
error_code frame_stream::read_now() {
    borrow_read_buffer();
    mutable_bytes space = reader_.space(limits_->fill);
    account();
    space = space.first(std::min(space.size(), limits_->turn_bytes));
    if (stopping_) space = space.first(std::min(space.size(), left_to_read_));
    const result<std::size_t> count = stream_.try_read(space);
    if (count) {
        reader_.commit(*count);
        if (stopping_) left_to_read_ -= *count;
        return {};
    }
    if (count.error() == asio::error::would_block) return count.error();
    if (count.error() == errc::end_of_stream) {
        reader_.end();
        return {};
    }
    fail(count.error());
    return failure_;
}

void frame_stream::stop_reading() noexcept {
    if (std::exchange(stopping_, true)) return;
    left_to_read_ = std::min(stream_.available(), last_reads);
    stream_.wake();
    changed_.notify();   // a pause for memory
}

void frame_stream::borrow_read_buffer() {
    if (read_lent_) return;
    reader_.adopt(pool_.lend());
    read_lent_ = true;
    account();
}

void frame_stream::return_read_buffer() {
    if (!read_lent_ || reader_.unread().size() > max_kept_tail) return;
    pool_.give_back(reader_.release());
    read_lent_ = false;
    account();
}

// When the wait that begins now must end, by the limits. Only a frame sets the clocks back: not a wait that was broken off, and
// not garbage that a format passes over.
time_point frame_stream::read_limit(time_point now) noexcept {
    const std::uint64_t frames = reader_.frames();
    if (frames == 0) return limit(opened_at_, limits_->first_frame_timeout);
    if (std::exchange(quiet_after_, frames) != frames) quiet_since_ = now;
    if (!reader_.is_inside()) return limit(quiet_since_, limits_->idle_timeout);
    if (std::exchange(frame_began_after_, frames) != frames) frame_began_at_ = now;
    return limit(frame_began_at_, limits_->frame_timeout);
}

// Which bound a read ran into; none, if the peer is only waiting for us.
error_code frame_stream::why_timed_out() noexcept {
    const time_point now = clock::now();
    if (user_read_deadline_ <= now) return errc::read_timeout;   // not sticky: moving the deadline makes it good
    if (reader_.frames() == 0) {
        fail(errc::first_frame_timeout);
    } else if (reader_.is_inside()) {
        fail(errc::frame_timeout);
    } else if (held_ == 0 && outbox_.empty() && !std::exchange(was_busy_, false)) {
        fail(errc::idle_timeout);
    } else {
        quiet_since_ = now;
        read_limit_ = read_limit(now);
        stream_.set_read_deadline(std::min(user_read_deadline_, read_limit_));
    }
    return failure_;
}

void frame_stream::set_read_deadline(time_point at) noexcept {
    user_read_deadline_ = at;
    stream_.set_read_deadline(std::min(at, read_limit_));
}

}  // namespace hawser::io
