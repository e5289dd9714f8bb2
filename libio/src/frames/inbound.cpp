#include <hawser/io/inbound.hpp>

#include "time_limit.hpp"

#include <algorithm>
#include <utility>

namespace hawser::inline v0::io {

namespace {

// What is still read of a peer after stop().
constexpr std::size_t last_reads = 1024 * 1024;

}   // namespace

bool inbound::take(frame::fill how, bytes& body) noexcept {
    while (turn_left_ > 0) {
        // As after nearly every last frame: nobody has to be asked.
        if (reader_.is_drained() && how == frame::fill::greedy) return false;
        const frame::decoded answer = reader_.next();
        if (answer.is_frame()) [[likely]] {
            --turn_left_;
            body = answer.body();
            return true;
        }
        if (answer.what() != frame::decoded::kind::skip) return false;
    }
    return false;
}

// A block that is lent goes back, but not from under a long frame. Memory of its own may have room for what a frame
// grows by at a time, or each read would copy all of it.
void inbound::settle_with_a_part(buffer_pool& pool, bool is_short) {
    const std::size_t unread = reader_.unread().size();
    const std::size_t room = reader_.capacity() - unread;
    const bool is_long = unread > max_kept_tail;
    const bool has_block = is_long && reader_.capacity() <= buffer_pool::large && !is_short;
    const std::size_t growth = is_short || !is_long ? unread / 4 : unread;
    const bool is_its_own = (is_long || !is_lent_) &&
                            room <=
                                (unread < memory_account::allowance ? 0 : std::max(memory_account::allowance, growth));
    if (has_block || is_its_own) return;
    byte_buffer released = reader_.release();
    if (std::exchange(is_lent_, false)) pool.give_back(std::move(released));
}

void inbound::discard(buffer_pool& pool) noexcept {
    if (std::exchange(is_lent_, false)) pool.give_back(reader_.discard());
    else static_cast<void>(byte_buffer(reader_.discard()));
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

}   // namespace hawser::io
