#include <hawser/io/buffer_pool.hpp>

namespace hawser::inline v0::io {

buffer_pool& buffer_pool::of(const executor& where) { return asio::use_service<buffer_pool>(where.context()); }

// The one that is lent next.
void buffer_pool::make(bool sparing) {
    const bool short_of = lent_ >= max_large;
    blocks_[kept_] = byte_buffer(short_of || sparing ? small : large);
    ++kept_;
    shortages_ += short_of ? 1 : 0;
}

}   // namespace hawser::io
