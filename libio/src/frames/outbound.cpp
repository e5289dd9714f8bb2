#include <hawser/io/outbound.hpp>

#include <utility>

namespace hawser::io {

std::byte* outbound::begin_first(std::size_t size, buffer_pool& pool, bool is_short) {
    if (!outbox_.has_block()) borrow(size, pool, is_short);
    std::byte* const body = outbox_.begin_frame(format_, size);
    if (body == nullptr) release(pool);   // borrowed for nothing, perhaps
    return body;
}

error_code outbound::push(bytes body, buffer_pool& pool, pressure level) {
    if (must_not_grow(level)) return errc::outbox_full;
    borrow(body.size(), pool, level >= pressure::pause_holders);
    const error_code error = outbox_.push(format_, body);
    if (error) release(pool);   // borrowed for nothing, perhaps
    return error;
}

frame::backlog::placed outbound::offer(const frame::shared_frame& frame, const frame::label& as, frame::slow_consumer policy,
                                       buffer_pool& pool, pressure level) {
    if (frame->size() < frame::outbox::shared_from) borrow(frame->size(), pool, level >= pressure::pause_holders);
    const bool may_grow = level < pressure::stop_growing || outbox_.empty();
    const frame::backlog::placed placed = outbox_.offer(frame, as, policy, may_grow);
    if (placed != frame::backlog::placed::kept) release(pool);   // borrowed for nothing, perhaps
    return placed;
}

// What will leave soon is made in a lent block. What waits for the kernel is in memory of its own, as is what no block holds.
void outbound::borrow(std::size_t size, buffer_pool& pool, bool is_short) {
    if (outbox_.has_block() || is_waiting_ || is_lent_ || size >= buffer_pool::large) return;
    outbox_.adopt(pool.lend(is_short));
    is_lent_ = true;
}

void outbound::release(buffer_pool& pool) noexcept {
    if (!outbox_.empty() || (!is_lent_ && outbox_.capacity() == 0)) return;
    byte_buffer block = outbox_.release();
    if (std::exchange(is_lent_, false)) pool.give_back(std::move(block));
}

void outbound::give_up_block(buffer_pool& pool) noexcept {
    byte_buffer spare = outbox_.fit();
    if (spare.capacity() == 0 || !is_lent_) return;
    is_lent_ = false;
    pool.give_back(std::move(spare));
}

void outbound::close() noexcept {
    if (is_ == state::open) is_ = state::closed;
}

void outbound::clear(buffer_pool& pool) noexcept {
    outbox_.clear();
    release(pool);
}

}  // namespace hawser::io
