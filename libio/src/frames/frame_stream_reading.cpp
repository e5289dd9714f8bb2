// The reading half of frame_stream.
#include <hawser/io/frame_stream.hpp>

#include <hawser/io/watchdog.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"
#include "time_limit.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

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

result<bytes> frame_wait::no_frame() const noexcept { return of_->filled(); }

error_code frame_wait::filled() const noexcept { return of_->filled(); }

bool frame_wait::begin() { return of_->begin(*this); }

// Whether somebody has to wait.
bool frame_stream::begin(frame_wait& who) {
    if (waits_ != nullptr) {
        if (who.until_ != frame_wait::until::turn) {
            fail(errc::concurrent_read);
            return false;
        }
        waits_->behind_ = &who;   // at the end of it all: that wait is over soon
        return true;
    }
    if (who.until_ == frame_wait::until::turn) {
        awaits_ = awaits::turn;
        filling_ = filling::waits;
        return reads_on(who, true);
    }
    if (!failure_ || who.until_ == frame_wait::until::bytes) return reads_on(who, begin_fill());
    filling_ = filling::done;
    return false;
}

// Until there is something that has to be waited for, or there is enough.
bool frame_stream::reads_on(frame_wait& who, bool waits) {
    for (;;) {
        while (waits) {
            const std::optional<error_code> over = begin_wait();
            if (!over) {
                waits_ = &who;
                return true;
            }
            waits = go_on(*over);
        }
        if (who.until_ != frame_wait::until::frame || filled()) return false;
        const std::optional<bytes> arrived = next();
        who.is_there_ = arrived.has_value();
        if (arrived) who.body_ = *arrived;
        if (arrived || failure_) return false;
        waits = begin_fill();
    }
}

// Called when what is waited for has come; destroyed before that, nothing will come any more.
class frame_stream::reading_on {
public:
    explicit reading_on(frame_stream& of) noexcept : of_(&of) {}
    reading_on(reading_on&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    reading_on(const reading_on&) = delete;
    reading_on& operator=(const reading_on&) = delete;
    ~reading_on() {
        if (of_ != nullptr) of_->abandon_wait();
    }
    void operator()(const error_code& failed = {}) { std::exchange(of_, nullptr)->end_wait(failed); }

    // Not bound from outside: what is bound costs Asio another object around it for each post.
    using allocator_type = decltype(wait_memory_)::allocator_type;
    [[nodiscard]] allocator_type get_allocator() const noexcept { return of_->wait_memory_.get_allocator(); }

private:
    frame_stream* of_;
};

// What it has come to, if it is over already.
std::optional<error_code> frame_stream::begin_wait() noexcept try {
    if (awaits_ == awaits::turn) asio::post(get_executor(), reading_on(*this));
    else if (awaits_ == awaits::bytes && stream_.is_socket()) stream_.when_readable(looks_.is_due(), reading_on(*this));
    else return more().slow_wait.begins(wait_slowly());
    return std::nullopt;
} catch (const std::bad_alloc&) {
    return error_code(asio::error::no_memory);
}

std::optional<error_code> frame_stream::slow_wait::begins(task<error_code> wait) {
    came_.reset();
    is_beginning_ = true;
    start(std::move(wait));
    is_beginning_ = false;
    return came_;
}

void frame_stream::slow_wait::completed() {
    error_code came;
    try {
        came = take();
    } catch (const std::bad_alloc&) {
        came = asio::error::no_memory;
    }
    if (is_beginning_) came_ = came;
    else of_.end_wait(came);
}

void frame_stream::slow_wait::abandon() noexcept {
    destroy_frames();
    of_.abandon_wait();
}

// Out of line: g++ 12 takes what it inlines of this for a use of what was freed.
void frame_stream::abandon_wait() noexcept {
    const frame_wait& first = *std::exchange(waits_, nullptr);
    const frame_wait* const second = first.behind_;
    first.who_->abandon();   // may destroy this
    if (second != nullptr) second->who_->abandon();
}

// Whoever waits goes on, or its wait does.
void frame_stream::end_wait(const error_code& failed) {
    frame_wait& who = *std::exchange(waits_, nullptr);
    in_line_ = false;
    const bool told_by_socket = awaits_ == awaits::bytes && stream_.is_socket();
    if (reads_on(who, go_on(told_by_socket ? stream_.end_wait(failed) : failed))) return;
    const frame_wait* const second = who.behind_;
    who.who_->resume();   // may destroy this
    if (second != nullptr) second->who_->resume();
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

// What takes coroutines: a pause for want of memory, and a transport in memory.
task<error_code> frame_stream::wait_slowly() {
    error_code failed;
    if (awaits_ == awaits::bytes) failed = co_await stream_.wait_readable();
    else co_await wait_for_memory();
    co_return failed;
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
