// buffer_pool: the blocks that connections of one io_context are lent while they have something to read or to write.
//
//   byte_buffer block = pool.lend();
//   ...
//   pool.give_back(std::move(block));
//
// An idle connection holds no block. Invariants: a block is lent to one connection at a time; at most `max_large` large
// blocks are out at once, and who comes after that gets a small one, so nobody waits for a block and nothing grows with
// a burst; at most `max_kept` blocks are kept for the next. To be used on the thread of its io_context only.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/io/task.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <utility>

namespace hawser::inline v0::io {

class buffer_pool final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    /// 64 KiB: what one read can bring at most in a turn, and what peers in one conversation rarely exceed.
    static constexpr std::size_t large = 64 * 1024;
    /// A page, for those who come when too many large blocks are out, or memory is short.
    static constexpr std::size_t small = 4 * 1024;
    /// 256 large blocks are 16 MiB a thread.
    static constexpr std::size_t max_large = 256;
    /// A thread works on one connection at a time, so few blocks serve many connections.
    static constexpr std::size_t max_kept = 16;

    explicit buffer_pool(asio::execution_context& context) : asio::execution_context::service(context) {}
    [[nodiscard]] static buffer_pool& of(const executor& where);   ///< that of this io_context

    /// An empty block of `large` bytes, or of `small` ones when too many are out or `sparing` is
    /// asked: to be moved from at once. Throws std::bad_alloc.
    [[nodiscard]] byte_buffer&& lend(bool sparing = false) {
        if (kept_ == 0 || sparing || lent_ >= max_large) [[unlikely]]
            make(sparing);
        ++lent_;
        return std::move(blocks_[--kept_]);
    }
    /// Takes a block back that lend() gave, whatever became of its size and content meanwhile.
    void give_back(byte_buffer&& block) noexcept {
        assert(lent_ > 0);
        --lent_;
        block.clear();
        byte_buffer& place = blocks_[kept_];   // which is free
        place = std::move(block);
        if (place.capacity() == large && kept_ < max_kept) [[likely]]
            ++kept_;
        else place = {};
    }

    /// Blocks that are out, and how often lend() had only a small one to give.
    [[nodiscard]] std::size_t lent() const noexcept { return lent_; }
    [[nodiscard]] std::size_t shortages() const noexcept { return shortages_; }

private:
    void shutdown() override {}

    void make(bool sparing);

    std::array<byte_buffer, max_kept + 1> blocks_;   // one more, for the one that comes or goes
    std::size_t kept_ = 0;                           // so many of them
    std::size_t lent_ = 0;
    std::size_t shortages_ = 0;
};

}   // namespace hawser::io
