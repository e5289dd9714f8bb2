#include <hawser/io/buffer_pool.hpp>

#include <cassert>
#include <utility>

namespace hawser::io {

buffer_pool& buffer_pool::of(const executor& where) { return asio::use_service<buffer_pool>(where.context()); }

byte_buffer buffer_pool::lend(bool sparing) {
    const bool short_of = lent_ >= max_large;
    if (!short_of && !sparing && !kept_.empty()) {   // nearly always
        byte_buffer block = std::move(kept_.back());
        kept_.pop_back();
        ++lent_;
        return block;
    }
    kept_.reserve(max_kept);   // here, where failure may be thrown, so that give_back() never fails
    byte_buffer block(short_of || sparing ? small : large);
    shortages_ += short_of ? 1 : 0;
    ++lent_;
    return block;
}

void buffer_pool::give_back(byte_buffer block) noexcept {
    assert(lent_ > 0);
    --lent_;
    if (block.capacity() != large || kept_.size() == kept_.capacity()) return;
    block.clear();
    kept_.push_back(std::move(block));
}

}  // namespace hawser::io
