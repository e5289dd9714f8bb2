// What one connection may do before the others of its thread have their turn, and what happens when memory is short.
#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/io/frame_stream.hpp>
#include <hawser/io/memory_budget.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
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

// Bytes without frames.

constexpr std::size_t raw_size = 400;

task<void> reads_byte_by_byte(stream& from, std::size_t count, bool& over) {
    std::array<std::byte, 1> room{};
    for (std::size_t number = 0; number < count; ++number) {
        const result<std::size_t> read = co_await from.read_some(room);
        BOOST_TEST(read.has_value());
    }
    over = true;
}

task<void> writes_byte_by_byte(stream& to, std::size_t count, bool& over) {
    const std::array<std::byte, 1> data{};
    for (std::size_t number = 0; number < count; ++number) {
        const transferred written = co_await to.write_all(data);
        BOOST_TEST(written.count == 1U);
    }
    over = true;
}

task<void> a_flood_of_bytes(transport ours, transport theirs) {
    stream writer(std::move(ours));
    stream reader(std::move(theirs));
    bool written = false;
    bool read = false;
    int turns = 0;
    task<void> transfers = together(writes_byte_by_byte(writer, raw_size, written), reads_byte_by_byte(reader, raw_size, read));
    co_await together(std::move(transfers), counts_turns(read, turns));
    BOOST_TEST(written);
    BOOST_TEST(turns >= static_cast<int>(raw_size / stream::turn) - 2);
}

task<void> reads_again_while_it_lets_others_go_first(transport ours, transport theirs) {
    stream writer(std::move(ours));
    stream reader(std::move(theirs));
    bool over = false;
    co_await writes_byte_by_byte(writer, stream::turn + 1U, over);
    std::array<std::byte, stream::turn + 1U> room{};
    group reading(reader.get_executor());
    bool read = false;
    reading.spawn(reads_byte_by_byte(reader, stream::turn + 1U, read));   // all that may be in one turn
    BOOST_TEST(!read);
    const result<std::size_t> second = co_await reader.read_some(room);
    BOOST_TEST((second.has_error() && second.error() == errc::concurrent_read));
    co_await reading.join();
    BOOST_TEST(read);
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

task<void> nobody_is_read_from(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const thin_memory memory(server.get_executor(), pool_size);
    const std::string wire = framed(large);
    co_await write_raw(client, framed("whole") + wire.substr(0, 30'000));
    co_await expects_frame(server, "whole");
    const std::size_t others = 2 * pool_size;
    memory.account.change(0, others);
    BOOST_TEST((memory.account.level() == pressure::stop_growing));
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
    memory.account.change(0, 2 * pool_size);
    group reading(server.get_executor());
    reading.spawn(expects_error(server, errc::frame_timeout));
    co_await write_raw(client, framed("half").substr(6, 1));
    co_await reading.join();
    memory.account.change(2 * pool_size, 0);
    co_await server.finish(linger);
}

// In the order in which they came to the line.
task<void> takes_its_turn(memory_account& memory, int number, std::vector<int>& order) {
    event wake(co_await this_executor);
    const memory_account::turn turn(memory, wake);
    while (!turn.has_come()) co_await wake.wait();
    order.push_back(number);
}

task<void> a_farewell_to_a_flood(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const std::string flood(2 * 1024 * 1024, 'x');
    bool over = false;
    int turns = 0;
    group farewell(server.get_executor());
    farewell.spawn(server.finish(linger));
    group counting(server.get_executor());
    counting.spawn(counts_turns(over, turns));
    co_await write_raw(client, flood);
    client.close();
    co_await farewell.join();
    over = true;
    co_await counting.join();
    BOOST_TEST(turns >= 2 * 1024 / 16 - 2);   // 16 KiB are read of him at a time
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fairness)

BOOST_AUTO_TEST_CASE(a_flood_of_small_frames_leaves_the_others_their_turns) { over_every_transport(a_flood_in_one_read); }

BOOST_AUTO_TEST_CASE(a_turn_reads_so_many_bytes_and_no_more) { over_every_transport(few_bytes_a_turn); }

BOOST_AUTO_TEST_CASE(a_flood_of_bytes_without_frames_leaves_the_others_their_turns) { over_every_transport(a_flood_of_bytes); }

BOOST_AUTO_TEST_CASE(who_lets_others_go_first_still_reads) { over_every_transport(reads_again_while_it_lets_others_go_first); }

BOOST_AUTO_TEST_CASE(when_no_memory_is_left_nobody_is_read_from) {
    over_every_transport(nobody_is_read_from);
}

BOOST_AUTO_TEST_CASE(when_memory_is_short_those_who_hold_little_are_served) {
    over_every_transport(whoever_holds_little_goes_on);
}

BOOST_AUTO_TEST_CASE(a_frame_that_pauses_for_memory_has_its_time_out_all_the_same) {
    over_every_transport(a_pause_has_an_end);
}

BOOST_AUTO_TEST_CASE(a_peer_who_floods_at_the_end_leaves_the_others_their_turns) {
    over_every_transport(a_farewell_to_a_flood);
}

BOOST_AUTO_TEST_CASE(those_who_pause_get_on_one_after_the_other) {
    asio::io_context context;
    const thin_memory memory(context.get_executor(), pool_size);
    const std::size_t others = pool_size / 100 * 80;
    memory.account.change(0, others);
    std::vector<int> order;
    run(context, together(takes_its_turn(memory.account, 1, order), takes_its_turn(memory.account, 2, order),
                          takes_its_turn(memory.account, 3, order)));
    const std::vector<int> right{1, 2, 3};
    BOOST_TEST(order == right);
    memory.account.change(others, 0);
}

BOOST_AUTO_TEST_CASE(what_accounts_may_draw_and_not_use_is_little) {
    asio::io_context context;
    const thin_memory memory(context.get_executor(), pool_size);
    memory.account.change(0, 300 * 1024);
    memory.account.change(300 * 1024, 0);
    BOOST_TEST(memory.pool->drawn() <= memory_account::slack);
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
