// What a frame_stream holds for its peer, and what it keeps from others: see memory_budget.hpp.
#include <hawser/io/frame_stream.hpp>

#include <hawser/io/alarm.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::inline v0::io {

std::size_t frame_memory::bytes() const noexcept { return of_.memory_.bytes(); }

bool frame_memory::must_pause() const noexcept { return of_.must_pause(); }

memory_account::turn::pausing frame_memory::pauses(event& wake) const { return of_.pauses(wake); }

void frame_memory::hold(std::size_t bytes) const {
    of_.more().held_elsewhere += bytes;
    of_.in_.hold();
    of_.account();
}

void frame_memory::release(std::size_t bytes) const noexcept {
    frame_stream::extras& its = *of_.extras_;
    const bool did_hold = its.holds_elsewhere();
    its.held_elsewhere -= std::min(its.held_elsewhere, bytes);   // all is given back at its end already
    of_.in_.release();
    of_.account();
    if (did_hold && !its.holds_elsewhere()) of_.wake_waiting();   // it may stand behind the line for that
}

// Not a block that it works in now, nor what is held elsewhere: failing would not bring it back.
kept_memory frame_memory::keeps(time_point now) const noexcept {
    if (!of_.memory_.is_kept() || (of_.failure_ && of_.failure_ != condition::ended)) return {};
    const std::size_t bytes = (of_.is_parked() ? of_.in().capacity() : 0) + of_.out().capacity() + of_.out().shared();
    if (memory_account::charge(bytes) == 0) return {};
    return {bytes, of_.memory_.kept_for(of_.extras_ ? std::min(now, of_.extras_->paused_at) : now)};
}

void frame_memory::compact() const noexcept {
    // What was pushed meanwhile counts from here on.
    if (of_.is_parked() || of_.out_.is_waiting()) of_.begin_wait_for_peer();
    if (!of_.is_parked()) return;
    try {
        of_.in_.settle(of_.flusher_.pool(), of_.flusher_.memory().is_short());
        of_.account();
    } catch (const std::bad_alloc&) {   // a smaller piece is not to be had; then it stays as it is
        return;
    }
}

void frame_memory::discard_input() const noexcept { of_.discard_input(); }

void frame_memory::shed(error_code why) const noexcept {
    const bool nobody_looks = of_.is_parked();
    of_.fail(why);
    if (!nobody_looks) return;
    of_.in_.discard(of_.flusher_.pool());
    of_.account();
}

memory_account::turn::pausing frame_stream::pauses(event& wake) {
    using place = memory_account::turn::place;
    return {wake, stream_.descriptor(), more().holds_elsewhere() ? place::behind : place::back};
}

// A pause before this read was our doing only if there was something worth a turn; else a byte that
// waits would stop the clock.
void frame_stream::use_turn(std::size_t bytes) noexcept {
    // Few reads, however short.
    extras_->turn_left -= std::min(extras_->turn_left, std::max(bytes, memory_account::allowance));
    const duration paused = std::exchange(extras_->paused, duration::zero());
    if (bytes < memory_account::allowance) return;
    memory_.excuse(paused);
    extras_->goes_on_in = in().frames() + 1;
}

// Until it is its turn to read once. The peer is not to blame for the pause, so silence does not count,
// and neither does the pause; but a frame that is too long under way holds what others wait for, and the
// user's deadline is the user's.
task<void> frame_stream::wait_for_memory() {
    using place = memory_account::turn::place;
    extras& mine = more();
    const bool goes_on = std::exchange(mine.goes_on_in, 0) == in().frames() + 1;
    memory_account::turn turn(flusher_.memory(), pauses(mine.changed));
    if (goes_on && turn.where() == place::back) turn.stand(place::front);
    alarm late(mine.changed);
    mine.paused_at = clock::now();
    while (!failure_ && !is_stopping() && !turn.has_come() && filling_ == filling::waits) {
        if (turn.where() == place::behind && !mine.holds_elsewhere()) turn.stand(place::back);
        const time_point limit = in().is_inside() || in().frames() == 0 ? in_.latest() : time_point::max();
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
    extras_->paused = now - std::exchange(extras_->paused_at, time_point::max());
    in_.excuse(*limits_, now, extras_->paused);
    limit_read();
}

}   // namespace hawser::io
