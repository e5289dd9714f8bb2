#include <hawser/io/inbound.hpp>

#include <hawser/io/memory_budget.hpp>

#include "time_limit.hpp"

#include <algorithm>
#include <utility>

namespace hawser::io {

namespace {

// An unfinished frame up to this size is kept in memory of its own while its connection waits; copying it costs less
// than a block that is out. A longer one keeps its block.
constexpr std::size_t max_kept_tail = 16 * 1024;

// What is still read of a peer after stop().
constexpr std::size_t last_reads = 1024 * 1024;

}  // namespace

mutable_bytes inbound::room(const frame_limits& by, buffer_pool& pool, bool is_short) {
    borrow(pool, is_short);
    const mutable_bytes space = reader_.space(by.fill, is_short ? frame::growth::sparing : frame::growth::doubling);
    const std::size_t most = comes_ == coming::all ? by.turn_bytes : std::min<std::size_t>(by.turn_bytes, left_to_read_);
    return space.first(std::min(space.size(), most));
}

// Whoever has memory of its own for a long frame goes on in that.
void inbound::borrow(buffer_pool& pool, bool is_short) {
    if (is_lent_) return;
    if (reader_.capacity() >= (is_short ? memory_account::allowance : max_kept_tail)) return;
    reader_.adopt(pool.lend(is_short));
    is_lent_ = true;
}

void inbound::took(std::size_t count) noexcept {
    reader_.commit(count);
    if (comes_ != coming::all) left_to_read_ -= static_cast<std::uint32_t>(count);
}

// A block that is lent goes back, but not from under a long frame. Memory of its own may have room for what a frame grows by at a
// time, or each read would copy all of it.
void inbound::settle(buffer_pool& pool, bool is_short) {
    const std::size_t unread = reader_.unread().size();
    if (unread == 0 && is_lent_) {   // nearly always: nothing has begun
        is_lent_ = false;
        return pool.give_back(reader_.release());
    }
    const std::size_t room = reader_.capacity() - unread;
    const bool is_long = unread > max_kept_tail;
    const bool has_block = is_long && reader_.capacity() <= buffer_pool::large && !is_short;
    const std::size_t growth = is_short || !is_long ? unread / 4 : unread;
    const bool is_its_own = (is_long || !is_lent_) && room <= (unread < memory_account::allowance ? 0 : std::max(memory_account::allowance, growth));
    if (has_block || is_its_own) return;
    byte_buffer released = reader_.release();
    if (std::exchange(is_lent_, false)) pool.give_back(std::move(released));
}

void inbound::discard(buffer_pool& pool) noexcept {
    byte_buffer block = reader_.discard();
    if (std::exchange(is_lent_, false)) pool.give_back(std::move(block));
}

time_point inbound::begin_wait(const frame_limits& by, time_point now) noexcept {
    was_owed_ = false;
    return latest_ = limit_from(by, now);
}

time_point inbound::limit_from(const frame_limits& by, time_point now) noexcept {
    const auto frames = static_cast<std::uint32_t>(reader_.frames());
    if (reader_.frames() == 0) return limit(frame_began_at_, by.first_frame_timeout);
    if (std::exchange(quiet_after_, frames) != frames) {
        quiet_since_ = now;
        inside_frame_ = false;
    }
    if (!reader_.is_inside()) return limit(quiet_since_, by.idle_timeout);
    if (!std::exchange(inside_frame_, true)) frame_began_at_ = now;
    return limit(frame_began_at_, by.frame_timeout);
}

error_code inbound::timed_out(const frame_limits& by, time_point now, bool is_owed) noexcept {
    if (reader_.frames() == 0) return errc::first_frame_timeout;
    if (reader_.is_inside()) return errc::frame_timeout;
    if (holders_ == 0 && !is_owed && !std::exchange(was_owed_, false)) return errc::idle_timeout;
    quiet_since_ = now;
    latest_ = limit_from(by, now);
    return {};
}

void inbound::excuse(const frame_limits& by, time_point now, duration paused) noexcept {
    frame_began_at_ += paused;
    latest_ = limit_from(by, now);
}

void inbound::stop(std::size_t arrived) noexcept {
    if (comes_ != coming::all) return;
    comes_ = coming::arrived;
    left_to_read_ = static_cast<std::uint32_t>(std::min(arrived, last_reads));
}

}  // namespace hawser::io
