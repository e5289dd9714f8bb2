// What a frame_stream holds for its peer, and what it keeps from others: see memory_budget.hpp.
#include <hawser/io/frame_stream.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::io {

bool frame_stream::must_pause() const noexcept { return flusher_.memory().is_short() && (memory_.counts() || held() >= memory_account::allowance); }

void frame_stream::hold_memory(std::ptrdiff_t bytes) {
    more().held_elsewhere += static_cast<std::size_t>(bytes);
    account();
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

}  // namespace hawser::io
