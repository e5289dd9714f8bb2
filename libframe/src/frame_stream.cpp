#include <hawser/io/frame_stream.hpp>

#include <hawser/io/watchdog.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>

namespace hawser::io {

namespace {

// An unfinished frame up to this size is kept in memory of its own while its connection waits; copying it costs less
// than a block that is out. A longer one keeps its block.
constexpr std::size_t max_kept_tail = 16 * 1024;

// What is still read of a peer after stop_reading().
constexpr std::size_t last_reads = 1024 * 1024;

// How often to look whether the peer has received everything: the kernel does not tell.
constexpr duration look_interval = std::chrono::milliseconds(20);

constexpr std::uint64_t nowhere = std::numeric_limits<std::uint64_t>::max();

// When a time-out that begins now ends; zero is off.
time_point limit(time_point from, duration timeout) noexcept {
    return timeout == duration::zero() ? time_point::max() : after(from, timeout);
}

frame_limits at_least_a_frame(frame_limits limits, std::size_t max_frame) noexcept {
    limits.outbound_cap = std::max(limits.outbound_cap, max_frame);
    return limits;
}

}  // namespace

frame_stream::frame_stream(transport carrier, frame::any_codec incoming, frame::any_codec outgoing, frame_limits limits)
    : stream_(std::move(carrier)),
      pool_(buffer_pool::of(stream_.get_executor())),
      limits_(at_least_a_frame(limits, outgoing.max_frame())),
      reader_(std::move(incoming)),
      outgoing_(std::move(outgoing)),
      outbox_(limits_.outbound_cap),
      running_(stream_.get_executor()),
      changed_(stream_.get_executor()),
      opened_at_(clock::now()),
      frame_began_at_(opened_at_),
      frame_began_where_(nowhere) {}

frame_stream::~frame_stream() {
    outbox_.clear();
    return_write_buffers();
    if (read_lent_) pool_.give_back({});
}

// Reading.

frame::decoded frame_stream::next() {
    for (;;) {
        if (failure_) return frame::decoded::failed(failure_);
        const frame::decoded answer = reader_.next();
        if (answer.what() == frame::decoded::kind::failed) {
            failure_ = answer.error();
            if (failure_ != condition::ended) reject(failure_);
        }
        if (answer.what() != frame::decoded::kind::skip) return answer;
    }
}

task<result<bytes>> frame_stream::read_frame() {
    for (;;) {
        const frame::decoded answer = next();
        if (answer.is_frame()) co_return answer.body();
        if (answer.what() == frame::decoded::kind::failed) co_return answer.error();
        if (const error_code error = co_await fill()) co_return error;
    }
}

task<error_code> frame_stream::fill() {
    flush_now();
    was_busy_ = false;
    read_limit_ = read_limit(clock::now());
    stream_.set_read_deadline(std::min(user_read_deadline_, read_limit_));
    for (;;) {
        if (failure_) co_return failure_;
        if (stopping_) {
            const error_code error = left_to_read_ > 0 ? read_now() : make_error_code(asio::error::would_block);
            co_return error == asio::error::would_block ? make_error_code(errc::stopping) : error;
        }
        return_read_buffer();
        const error_code waited = co_await stream_.wait_readable();
        if (waited == errc::read_timeout) {
            // A codec that finds its way back loses the frame that never got whole, and not those behind it.
            if (user_read_deadline_ > clock::now() && reader_.give_up()) co_return error_code();
            const error_code why = why_timed_out();
            if (why) co_return why;
        } else if (waited) {
            fail(waited);
        } else {
            const error_code error = read_now();
            if (error != asio::error::would_block) co_return error;
        }
    }
}

// Reads once, without waiting. The end of the stream is the reader's to tell.
error_code frame_stream::read_now() {
    borrow_read_buffer();
    mutable_bytes space = reader_.space(limits_.fill);
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
}

void frame_stream::borrow_read_buffer() {
    if (read_lent_) return;
    reader_.adopt(pool_.lend());
    read_lent_ = true;
}

void frame_stream::return_read_buffer() {
    if (!read_lent_ || reader_.unread().size() > max_kept_tail) return;
    pool_.give_back(reader_.release());
    read_lent_ = false;
}

// When the wait that begins now must end, by the limits.
time_point frame_stream::read_limit(time_point now) noexcept {
    if (reader_.frames() == 0) return limit(opened_at_, limits_.first_frame_timeout);
    if (!reader_.is_inside()) return limit(now, limits_.idle_timeout);
    if (frame_began_where_ != reader_.position()) {
        frame_began_where_ = reader_.position();
        frame_began_at_ = now;
    }
    return limit(frame_began_at_, limits_.frame_timeout);
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
        read_limit_ = read_limit(now);
        stream_.set_read_deadline(std::min(user_read_deadline_, read_limit_));
    }
    return failure_;
}

void frame_stream::set_read_deadline(time_point at) noexcept {
    user_read_deadline_ = at;
    stream_.set_read_deadline(std::min(at, read_limit_));
}

// Writing.

// A peer that has closed its sending half still gets its answers.
error_code frame_stream::write_failure() const noexcept {
    if (failure_ && failure_ != condition::ended) return failure_;
    return write_closed_ ? make_error_code(errc::closed) : error_code();
}

error_code frame_stream::push(bytes body) {
    if (!senders_.empty()) return errc::outbox_full;
    const error_code error = take(body);
    if (error != errc::outbox_full) return error;
    flush_now();
    return take(body);
}

error_code frame_stream::take(bytes body) {
    if (const error_code error = write_failure()) return error;
    if (!outbox_.has_buffer()) {
        outbox_.adopt(pool_.lend());
        write_lent_ = true;
    }
    const error_code error = outbox_.push(outgoing_, body);
    if (!error && outbox_.queued() >= buffer_pool::large) flush_now();
    return error;
}

task<result<void>> frame_stream::send(bytes body, time_point until) {
    const error_code error = push(body);
    flush_soon();
    if (error == errc::outbox_full) co_return co_await send_in_turn(body, until);
    if (error) co_return error;
    co_return result<void>();
}

task<result<void>> frame_stream::send_in_turn(bytes body, time_point until) {
    sender turn;
    senders_.push_back(turn);
    deadline give_up(watchdog::of(get_executor()), [](void* event) { static_cast<io::event*>(event)->notify(); }, &changed_);
    give_up.move(until);
    error_code error = errc::outbox_full;
    while (error == errc::outbox_full) {
        co_await changed_.wait();
        if (write_failure()) error = write_failure();
        else if (give_up.expired() || user_write_deadline_ <= clock::now()) error = errc::write_timeout;
        else if (&senders_.front() == &turn) error = take(body);
    }
    turn.unlink();
    if (!senders_.empty()) changed_.notify();
    flush_soon();
    if (error) co_return error;
    co_return result<void>();
}

task<result<void>> frame_stream::flush() {
    flush_now();
    while (!outbox_.empty()) {
        if (user_write_deadline_ <= clock::now()) co_return errc::write_timeout;
        co_await changed_.wait();
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

// Writes until nothing is left or the kernel is full, which is would_block.
error_code frame_stream::write_now() {
    for (bytes flying = outbox_.flying(); !flying.empty(); flying = outbox_.flying()) {
        const result<std::size_t> count = stream_.try_write(flying);
        if (!count) return count.error();
        outbox_.written(*count);
    }
    return {};
}

// If the kernel is full, the writer goes on when it is not.
void frame_stream::flush_now() {
    if (writing_) return;
    const error_code error = write_now();
    if (error == asio::error::would_block) {
        writing_ = true;
        running_.spawn(write_when_writable());
    } else if (error) {
        fail(error);
    } else {
        return_write_buffers();
        if (!senders_.empty()) changed_.notify();
    }
}

void frame_stream::flush_soon() {
    if (flush_posted_ || writing_ || outbox_.empty()) return;
    flush_posted_ = true;
    running_.enter();
    asio::post(get_executor(), [this] {
        flush_posted_ = false;
        flush_now();
        running_.leave();
    });
}

task<void> frame_stream::write_when_writable() {
    move_stall();
    while (!outbox_.empty()) {
        const error_code waited = co_await stream_.wait_writable();
        const std::size_t before = outbox_.queued();
        const bool timed_out = waited == errc::write_timeout;
        // Tried once more even then: the kernel calls a socket writable only when much of its buffer is free, while a
        // peer that reads slowly makes a little room.
        const error_code error = waited && !timed_out ? waited : write_now();
        const bool moved = outbox_.queued() < before;
        if (moved) move_stall();
        if (error && error != asio::error::would_block) fail(error);
        else if (timed_out && user_write_deadline_ <= clock::now()) fail(errc::write_timeout);
        else if (timed_out && !moved) fail(errc::write_stalled);
        changed_.notify();
    }
    writing_ = false;
    was_busy_ = true;
    stream_.set_write_deadline(time_point::max());
    return_write_buffers();
}

// Bytes have moved: the time until the peer counts as stalled begins anew.
void frame_stream::move_stall() noexcept {
    stalled_at_ = limit(clock::now(), limits_.write_stall_timeout);
    stream_.set_write_deadline(std::min(stalled_at_, user_write_deadline_));
}

void frame_stream::set_write_deadline(time_point at) noexcept {
    user_write_deadline_ = at;
    if (writing_) stream_.set_write_deadline(std::min(at, stalled_at_));
}

void frame_stream::return_write_buffers() noexcept {
    if (!write_lent_ || !outbox_.empty()) return;
    write_lent_ = false;
    byte_buffer lent = outbox_.release();
    while (outbox_.has_buffer()) {   // one that grew beside the lent one is freed
        byte_buffer other = outbox_.release();
        if (other.capacity() == buffer_pool::large) std::swap(lent, other);
    }
    pool_.give_back(std::move(lent));
}

// The end.

void frame_stream::fail(error_code why) noexcept {
    // The peer's end is no failure yet: what keeps his answers from him is, but not our own close.
    const bool only_ended = failure_ == condition::ended && why != condition::stopped && !stream_.is_closed();
    if (!failure_ || only_ended) failure_ = why;
    write_closed_ = true;
    stream_.close();
    outbox_.clear();
    changed_.notify();
}

void frame_stream::reject(error_code why) {
    if (!writing_) static_cast<void>(write_now());
    fail(why);
}

task<void> frame_stream::finish(duration linger) {
    write_closed_ = true;                  // from here on it only gets less
    static_cast<void>(co_await flush());   // if it fails there is nothing more to do for the peer
    if (!stream_.is_closed()) {
        stream_.close_write();
        if (!failure_) co_await see_off(linger);
    }
    close();
    co_await running_.join();
    if (std::exchange(read_lent_, false)) pool_.give_back(reader_.release());
    return_write_buffers();
}

// A socket closed with unread input sends a reset, which destroys what has not reached the peer. So what he still sends is
// read off until he closes too, or until all of ours has arrived and `linger` has passed, or nothing of it moves any more.
task<void> frame_stream::see_off(duration linger) {
    static thread_local std::array<std::byte, 16 * 1024> sink;   // nobody looks at what is in it
    std::size_t unsent = stream_.unsent();
    const auto patience = [&](std::size_t left) {
        return left > 0 ? limit(clock::now(), limits_.write_stall_timeout) : after(clock::now(), linger);
    };
    time_point give_up = patience(unsent);
    for (time_point now = clock::now(); now < give_up; now = clock::now()) {
        stream_.set_read_deadline(std::min(give_up, after(now, look_interval)));
        const result<std::size_t> count = co_await stream_.read_some(sink);
        if (!count && count.error() != errc::read_timeout) co_return;
        const std::size_t left = stream_.unsent();
        if (left < unsent) give_up = patience(left);
        unsent = std::min(unsent, left);
    }
}

}  // namespace hawser::io
