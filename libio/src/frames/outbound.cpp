#include <hawser/io/outbound.hpp>

#include <utility>

namespace hawser::inline v0::io {

error_code outbound::push(bytes body, buffer_pool& pool, pressure level) {
    if (must_not_grow(level)) return errc::outbox_full;
    borrow(body.size(), pool, level >= pressure::pause_holders);
    const error_code error = outbox_.push(format_, body);
    if (error) release(pool);   // borrowed for nothing, perhaps
    return error;
}

frame::backlog::placed outbound::offer(const frame::shared_frame& frame, const frame::label& as,
                                       frame::slow_consumer policy, buffer_pool& pool, pressure level) {
    if (frame->size() < frame::outbox::shared_from) borrow(frame->size(), pool, level >= pressure::pause_holders);
    const bool may_grow = level < pressure::stop_growing || outbox_.empty();
    const frame::backlog::placed placed = outbox_.offer(frame, as, policy, may_grow);
    if (placed != frame::backlog::placed::kept) release(pool);   // borrowed for nothing, perhaps
    return placed;
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

}   // namespace hawser::io
