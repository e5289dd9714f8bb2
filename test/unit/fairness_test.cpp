// What one connection may do before the others of its thread have their turn, and what happens when memory is short.
#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/io/frame_stream.hpp>
#include <hawser/io/memory_budget.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using frame::any_codec;
using namespace test;   // every word of a conversation

constexpr frame_limits patient{.first_frame_timeout = duration::zero(), .frame_timeout = duration::zero(),
                               .idle_timeout = duration::zero(), .write_stall_timeout = duration::zero()};

// Counts the turns that others have while frames are read.
task<void> counts_turns(const bool& over, int& turns) {
    while (!over) {
        ++turns;
        co_await asio::post(co_await asio::this_coro::executor, use_task);
    }
}

task<void> reads_all(frame_stream& from, int count, bool& over) {
    for (int number = 0; number < count; ++number) co_await expects_frame(from, "x");
    over = true;
}

task<void> a_flood_in_one_read(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_limits limits = patient;
    limits.turn_frames = 8;
    frame_stream server(std::move(theirs), any_codec(), limits);
    constexpr int flood = 800;
    const texts bodies(flood, "x");
    co_await write_raw(client, framed(bodies));
    bool over = false;
    int turns = 0;
    co_await together(reads_all(server, flood, over), counts_turns(over, turns));
    BOOST_TEST(turns >= flood / 8 - 2);
    server.close();
    co_await server.finish(linger);
}

task<void> few_bytes_a_turn(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_limits limits = patient;
    limits.turn_bytes = 10;   // two frames
    frame_stream server(std::move(theirs), any_codec(), limits);
    const texts bodies(100, "x");
    co_await write_raw(client, framed(bodies));
    bool over = false;
    int turns = 0;
    co_await together(reads_all(server, 100, over), counts_turns(over, turns));
    BOOST_TEST(turns >= 45);
    server.close();
    co_await server.finish(linger);
}

// The memory of one thread.

struct thin_memory {
    explicit thin_memory(const executor& of, std::size_t size) : account(memory_account::of(of)) {
        pool = std::make_shared<memory_budget>(size);
        account.draw_from(pool, [this] { ++calls_for_help; });
    }
    ~thin_memory() { account.draw_from(nullptr); }

    memory_account& account;
    std::shared_ptr<memory_budget> pool;
    int calls_for_help = 0;
};

constexpr std::size_t pool_size = 64 * 1024 * 1024;   // many steps

const std::string large(50'000, 'x');

task<void> whoever_holds_much_pauses(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const thin_memory memory(server.get_executor(), pool_size);
    const std::string wire = framed(large);
    co_await write_raw(client, framed("whole") + wire.substr(0, 30'000));
    co_await expects_frame(server, "whole");
    const std::size_t others = pool_size * 8 / 10;
    memory.account.change(0, others);
    BOOST_TEST((memory.account.level() == pressure::pause_holders));
    group reading(server.get_executor());
    reading.spawn(expects_frame(server, large));
    co_await write_raw(client, wire.substr(30'000));
    co_await sleep(30ms);
    BOOST_TEST(reading.running() == 1U);   // it has come, and is not looked at
    BOOST_TEST(server.held() > 0U);
    memory.account.change(others, 0);
    co_await reading.join();
    server.close();
    co_await server.finish(linger);
    BOOST_TEST(memory.account.used() == 0U);
}

task<void> whoever_holds_little_goes_on(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const thin_memory memory(server.get_executor(), pool_size);
    const std::size_t others = pool_size / 100 * 92;
    memory.account.change(0, others);
    BOOST_TEST(memory.calls_for_help == 1);
    co_await write_raw(client, framed("whole") + framed("half").substr(0, 6));
    co_await expects_frame(server, "whole");
    group reading(server.get_executor());
    reading.spawn(expects_frame(server, "half"));
    co_await write_raw(client, framed("half").substr(6));
    co_await reading.join();
    memory.account.change(others, 0);
    server.close();
    co_await server.finish(linger);
}

task<void> a_pause_has_an_end(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_limits limits = patient;
    limits.frame_timeout = 20ms;
    frame_stream server(std::move(theirs), any_codec(), limits);
    const thin_memory memory(server.get_executor(), pool_size);
    co_await write_raw(client, framed("whole") + framed("half").substr(0, 6));
    co_await expects_frame(server, "whole");
    memory.account.change(0, pool_size);
    group reading(server.get_executor());
    reading.spawn(expects_error(server, errc::frame_timeout));
    co_await write_raw(client, framed("half").substr(6, 1));
    co_await reading.join();
    memory.account.change(pool_size, 0);
    co_await server.finish(linger);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fairness)

BOOST_AUTO_TEST_CASE(a_flood_of_small_frames_leaves_the_others_their_turns) { over_every_transport(a_flood_in_one_read); }

BOOST_AUTO_TEST_CASE(a_turn_reads_so_many_bytes_and_no_more) { over_every_transport(few_bytes_a_turn); }

BOOST_AUTO_TEST_CASE(when_memory_is_short_those_who_hold_much_are_not_read_from) {
    over_every_transport(whoever_holds_much_pauses);
}

BOOST_AUTO_TEST_CASE(when_memory_is_short_those_who_hold_little_are_served) {
    over_every_transport(whoever_holds_little_goes_on);
}

BOOST_AUTO_TEST_CASE(a_frame_that_pauses_for_memory_has_its_time_out_all_the_same) {
    over_every_transport(a_pause_has_an_end);
}

BOOST_AUTO_TEST_CASE(accounts_draw_in_steps_and_give_back_what_they_do_not_need) {
    asio::io_context first;
    asio::io_context second;
    const auto pool = std::make_shared<memory_budget>(100 * memory_account::step);
    memory_account& one = memory_account::of(first.get_executor());
    memory_account& other = memory_account::of(second.get_executor());
    one.draw_from(pool);
    other.draw_from(pool);
    one.change(0, 1);
    BOOST_TEST(pool->drawn() == memory_account::step);
    other.change(0, 10 * memory_account::step);
    BOOST_TEST(pool->drawn() == 11 * memory_account::step);
    one.change(1, memory_account::step);
    BOOST_TEST(pool->drawn() == 11 * memory_account::step);
    other.change(10 * memory_account::step, 1);
    BOOST_TEST(pool->drawn() == 2 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::none));
    other.change(1, 80 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::pause_holders));
    other.change(80 * memory_account::step, 85 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::refuse_peers));
    other.change(85 * memory_account::step, 90 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::close_largest));
    other.change(90 * memory_account::step, 99 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::stop_growing));
    other.draw_from(nullptr);
    one.draw_from(nullptr);
    BOOST_TEST(pool->drawn() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace hawser::io
