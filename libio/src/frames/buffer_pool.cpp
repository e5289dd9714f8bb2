#include <hawser/io/buffer_pool.hpp>

namespace hawser::inline v0::io {

buffer_pool& buffer_pool::of(const executor& where) { return asio::use_service<buffer_pool>(where.context()); }

byte_buffer buffer_pool::make(bool short_of, bool sparing) {
    byte_buffer block(short_of || sparing ? small : large);
    shortages_ += short_of ? 1 : 0;
    ++lent_;
    return block;
}

}   // namespace hawser::io
