// What a frame_stream holds for its peer, and what it keeps from others: see memory_budget.hpp.
#include <hawser/io/frame_stream.hpp>

#include <hawser/io/watchdog.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::io {

bool frame_stream::must_pause() const noexcept { return flusher_.memory().is_short() && (memory_.counts() || held() >= memory_account::allowance); }

void frame_stream::hold_memory(std::ptrdiff_t bytes) {
    const bool did_hold = more().holds_elsewhere();
    extras_->held_elsewhere += static_cast<std::size_t>(bytes);
    account();
    if (did_hold && !extras_->holds_elsewhere()) wake_waiting();   // it may stand behind the line for that
}

memory_account::turn::pausing frame_stream::pauses(event& wake) {
    using place = memory_account::turn::place;
    return {wake, stream_.descriptor(), more().holds_elsewhere() ? place::behind : place::back};
}

// A pause before this read was our doing only if there was something worth a turn; else a byte that waits would stop the clock.
void frame_stream::use_turn(std::size_t bytes) noexcept {
    extras_->turn_left -= std::min(extras_->turn_left, std::max(bytes, memory_account::allowance));   // few reads, however short
    const duration paused = std::exchange(extras_->paused, duration::zero());
    if (bytes < memory_account::allowance) return;
    memory_.excuse(paused);
    extras_->goes_on_in = reader_.frames() + 1;
}

// Not a block that it works in now, nor what is held elsewhere: failing would not bring it back.
kept_memory frame_stream::keeps(time_point now) const noexcept {
    if (!memory_.is_kept() || (failure_ && failure_ != condition::ended)) return {};
    const std::size_t bytes = (is_parked() ? reader_.capacity() : 0) + outbox_.capacity() + outbox_.shared();
    if (memory_account::charge(bytes) == 0) return {};
    return {bytes, memory_.kept_for(extras_ ? std::min(now, extras_->paused_at) : now)};
}

void frame_stream::compact() noexcept {
    if (is_parked() || writing_) begin_wait_for_peer();   // what was pushed meanwhile counts from here on
    if (!is_parked()) return;
    try {
        return_read_buffer();
    } catch (const std::bad_alloc&) {   // a smaller piece is not to be had; then it stays as it is
        return;
    }
}

void frame_stream::shed(error_code why) noexcept {
    const bool nobody_looks = is_parked();
    fail(why);
    if (!nobody_looks) return;
    byte_buffer discarded = reader_.discard();
    if (std::exchange(read_lent_, false)) flusher_.pool().give_back(std::move(discarded));
    account();
}

// Until it is its turn to read once. The peer is not to blame for the pause, so silence does not count, and neither does the pause;
// but a frame that is too long under way holds what others wait for, and the user's deadline is the user's.
task<void> frame_stream::wait_for_memory() {
    using place = memory_account::turn::place;
    extras& mine = more();
    const bool goes_on = std::exchange(mine.goes_on_in, 0) == reader_.frames() + 1;
    memory_account::turn turn(flusher_.memory(), pauses(mine.changed));
    if (goes_on && turn.where() == place::back) turn.stand(place::front);
    deadline late(watchdog::of(get_executor()), calling<&event::notify>(mine.changed));
    mine.paused_at = clock::now();
    while (!failure_ && !stopping_ && !turn.has_come() && filling_ == filling::waits) {
        if (turn.where() == place::behind && !mine.holds_elsewhere()) turn.stand(place::back);
        const time_point limit = reader_.is_inside() || reader_.frames() == 0 ? read_limit_ : time_point::max();
        late.move(std::min(user_read_deadline(), limit));
        co_await mine.changed.wait();
        if (!late.expired() || failure_) continue;
        if (user_read_deadline() > clock::now() && stream_.available() > 0) break;   // only we have not read it
        filling_ = timed_out();
    }
    end_pause();
    if (turn.broken_by()) fail(turn.broken_by());
    if (turn.has_come()) mine.turn_left = memory_account::step;
    if (failure_) filling_ = filling::done;
}

void frame_stream::end_pause() noexcept {
    const time_point now = clock::now();
    const duration lasted = now - std::exchange(extras_->paused_at, time_point::max());
    extras_->paused = lasted;
    frame_began_at_ += lasted;
    read_limit_ = read_limit(now);
    stream_.set_read_deadline(std::min(user_read_deadline(), read_limit_));
}

// The kernel takes no more, and a slow peer may leave it at that for long.
void frame_stream::give_up_block() noexcept {
    byte_buffer spare = outbox_.fit();
    if (spare.capacity() > 0 && write_lent_) {
        write_lent_ = false;
        flusher_.pool().give_back(std::move(spare));
    }
    account();
}

}  // namespace hawser::io
