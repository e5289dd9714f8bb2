// What a Go programmer writes by habit, where no other test shows how it is written here: docs/from-go.md.
#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/frame/delimiter.hpp>
#include <hawser/io/frame_stream.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using test::together;

// for range ticker.C: a tick that is late does not delay the next.
task<void> ticks(duration period, int count, std::vector<time_point>& into) {
    time_point next = clock::now();
    for (int tick = 0; tick < count; ++tick) {
        next += period;
        co_await sleep(next - clock::now());
        into.push_back(clock::now());
    }
}

// io.Copy(to, from): what was copied, and why it ended; end_of_stream is the good end.
task<transferred> copy(stream& from, stream& to) {
    static constexpr std::size_t as_much_as_a_page = 4096;
    std::vector<std::byte> room(as_much_as_a_page);
    transferred all;
    while (!all.error) {
        const result<std::size_t> got = co_await from.read_some(room);
        if (!got) co_return transferred{all.count, got.error()};
        const transferred written = co_await to.write_all(bytes(room).first(*got));
        all.count += written.count;
        all.error = written.error;
    }
    co_return all;
}

task<void> writes(stream& to, std::string_view text) {
    const transferred done = co_await to.write_all(as_bytes(text));
    BOOST_TEST(!done.error);
    to.close_write();
}

task<void> copies(stream& from, stream& to, std::size_t right) {
    const transferred done = co_await copy(from, to);
    BOOST_TEST(done.error == errc::end_of_stream);
    BOOST_TEST(done.count == right);
    to.close_write();
}

task<void> reads(stream& from, std::string_view right) {
    std::vector<std::byte> room(right.size());
    const transferred got = co_await from.read_exactly(room);
    BOOST_TEST(!got.error);
    BOOST_TEST((as_text(room) == right));
}

// client -> proxy -> server, over memory behind whatever the first connection is.
task<void> through_a_proxy(transport ours, transport theirs) {
    stream client(std::move(ours)), near(std::move(theirs));
    auto [forth, back] = memory_pair(near.get_executor(), near.get_executor());
    stream far(std::move(forth)), server(std::move(back));
    const std::string text(300'000, 'x');
    co_await together(writes(client, text), copies(near, far, text.size()), reads(server, text));
}

// for scanner.Scan() { ... scanner.Text() ... }
task<void> scans(frame_stream& from, std::vector<std::string>& into) {
    for (;;) {
        const result<bytes> line = co_await from.read_frame();
        if (!line) {
            BOOST_TEST(line.error() == errc::end_of_stream);
            co_return;
        }
        into.emplace_back(as_text(*line));
    }
}

task<void> lines(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), frame::any_codec(frame::delimiter::lines()));
    std::vector<std::string> got;
    co_await together(writes(client, "first\n\nthird\r\n"), scans(server, got));
    BOOST_TEST((got == std::vector<std::string>{"first", "", "third"}));
    co_await server.finish(test::linger);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(from_go)

BOOST_AUTO_TEST_CASE(a_ticker_is_a_loop_that_sleeps_until_the_next_tick) {
    asio::io_context context;
    std::vector<time_point> seen;
    const time_point start = clock::now();
    test::run(context, ticks(2ms, 5, seen));
    BOOST_TEST_REQUIRE(seen.size() == 5U);
    for (int tick = 0; tick < 5; ++tick) BOOST_TEST((seen[static_cast<std::size_t>(tick)] >= start + (tick + 1) * 2ms));
}

BOOST_AUTO_TEST_CASE(a_copy_is_a_loop_of_reads_and_writes) { test::over_every_transport(through_a_proxy); }

BOOST_AUTO_TEST_CASE(a_scanner_is_a_stream_of_frames_that_are_lines) { test::over_every_transport(lines); }

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
