// The blocks that connections of a thread are lent.
#include <hawser/io/buffer_pool.hpp>

#include <boost/test/unit_test.hpp>

#include <utility>
#include <vector>

namespace hawser::io {

BOOST_AUTO_TEST_SUITE(buffer_pools)

BOOST_AUTO_TEST_CASE(a_lent_block_is_large_and_empty_and_counted) {
    asio::io_context context;
    buffer_pool& pool = buffer_pool::of(context.get_executor());
    byte_buffer block = pool.lend();
    BOOST_TEST(block.capacity() == buffer_pool::large);
    BOOST_TEST(block.empty());
    BOOST_TEST(pool.lent() == 1U);
    pool.give_back(std::move(block));
    BOOST_TEST(pool.lent() == 0U);
    BOOST_TEST(pool.shortages() == 0U);
}

BOOST_AUTO_TEST_CASE(a_block_given_back_is_lent_again_without_its_content) {
    asio::io_context context;
    buffer_pool& pool = buffer_pool::of(context.get_executor());
    byte_buffer block = pool.lend();
    const std::byte* const memory = block.prepare(1).data();
    block.append(as_bytes("somebody's secret"));
    pool.give_back(std::move(block));
    byte_buffer again = pool.lend();
    BOOST_TEST(again.empty());
    BOOST_TEST((again.prepare(1).data() == memory));
    pool.give_back(std::move(again));
}

BOOST_AUTO_TEST_CASE(who_comes_when_too_many_are_out_gets_a_small_block) {
    asio::io_context context;
    buffer_pool& pool = buffer_pool::of(context.get_executor());
    std::vector<byte_buffer> out;
    for (std::size_t count = 0; count < buffer_pool::max_large; ++count) out.push_back(pool.lend());
    BOOST_TEST(out.back().capacity() == buffer_pool::large);
    BOOST_TEST(pool.shortages() == 0U);
    for (int count = 0; count < 3; ++count) {
        out.push_back(pool.lend());
        BOOST_TEST(out.back().capacity() == buffer_pool::small);
    }
    BOOST_TEST(pool.shortages() == 3U);
    BOOST_TEST(pool.lent() == buffer_pool::max_large + 3);
    for (byte_buffer& block : out) pool.give_back(std::move(block));
    BOOST_TEST(pool.lent() == 0U);
    BOOST_TEST(pool.lend().capacity() == buffer_pool::large);
}

BOOST_AUTO_TEST_CASE(a_block_that_has_grown_is_not_kept) {
    asio::io_context context;
    buffer_pool& pool = buffer_pool::of(context.get_executor());
    byte_buffer block = pool.lend();
    static_cast<void>(block.prepare(buffer_pool::large + 1));
    BOOST_TEST(block.capacity() > buffer_pool::large);
    pool.give_back(std::move(block));
    byte_buffer next = pool.lend();
    BOOST_TEST(next.capacity() == buffer_pool::large);
    pool.give_back(std::move(next));
}

BOOST_AUTO_TEST_CASE(only_so_many_blocks_are_kept) {
    asio::io_context context;
    buffer_pool& pool = buffer_pool::of(context.get_executor());
    std::vector<byte_buffer> out;
    for (std::size_t count = 0; count < 2 * buffer_pool::max_kept; ++count) out.push_back(pool.lend());
    for (byte_buffer& block : out) pool.give_back(std::move(block));
    // What is kept is not to be seen from outside; that all of it can be lent again, and no block twice, is.
    out.clear();
    std::vector<const std::byte*> blocks;
    for (std::size_t count = 0; count < 2 * buffer_pool::max_kept; ++count) {
        out.push_back(pool.lend());
        blocks.push_back(out.back().prepare(1).data());
    }
    std::ranges::sort(blocks);
    BOOST_TEST((std::ranges::adjacent_find(blocks) == blocks.end()));
    for (byte_buffer& block : out) pool.give_back(std::move(block));
    BOOST_TEST(pool.lent() == 0U);
}

BOOST_AUTO_TEST_CASE(a_small_block_is_lent_also_when_all_that_can_be_kept_is) {
    asio::io_context context;
    buffer_pool& pool = buffer_pool::of(context.get_executor());
    std::vector<byte_buffer> out;
    for (std::size_t count = 0; count < buffer_pool::max_kept; ++count) out.push_back(pool.lend());
    for (byte_buffer& block : out) pool.give_back(std::move(block));
    byte_buffer small = pool.lend(true);
    BOOST_TEST(small.capacity() == buffer_pool::small);
    byte_buffer large = pool.lend();
    BOOST_TEST(large.capacity() == buffer_pool::large);
    pool.give_back(std::move(small));
    pool.give_back(std::move(large));
    BOOST_TEST(pool.lent() == 0U);
}

BOOST_AUTO_TEST_CASE(every_context_has_a_pool_of_its_own) {
    asio::io_context one, other;
    BOOST_TEST((&buffer_pool::of(one.get_executor()) == &buffer_pool::of(one.get_executor())));
    BOOST_TEST((&buffer_pool::of(one.get_executor()) != &buffer_pool::of(other.get_executor())));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
