// What one connection may do before the others of its thread have their turn.
#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/io/frame_stream.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using frame::any_codec;
using namespace test;   // every word of a conversation

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
    task<void> transfers = together(writes_byte_by_byte(writer, raw_size, written),
                                    reads_byte_by_byte(reader, raw_size, read));
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
    BOOST_TEST(turns >= 2 * 1024 / 16 - 2);   // 16 KiB are read of it at a time
}

}   // namespace

BOOST_AUTO_TEST_SUITE(fairness)

BOOST_AUTO_TEST_CASE(a_flood_of_small_frames_leaves_the_others_their_turns) {
    over_every_transport(a_flood_in_one_read);
}

BOOST_AUTO_TEST_CASE(a_turn_reads_so_many_bytes_and_no_more) { over_every_transport(few_bytes_a_turn); }

BOOST_AUTO_TEST_CASE(a_flood_of_bytes_without_frames_leaves_the_others_their_turns) {
    over_every_transport(a_flood_of_bytes);
}

BOOST_AUTO_TEST_CASE(who_lets_others_go_first_still_reads) {
    over_every_transport(reads_again_while_it_lets_others_go_first);
}

BOOST_AUTO_TEST_CASE(a_peer_who_floods_at_the_end_leaves_the_others_their_turns) {
    over_every_transport(a_farewell_to_a_flood);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
