// Deadlines as Go has them, and half-close in both directions, over every transport.
#include "support/frames.hpp"
#include "support/print.hpp"
#include "support/transports.hpp"

#include <hawser/io/stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using test::together;

task<void> write(stream& to, std::string_view text) {
    const transferred done = co_await to.write_all(as_bytes(text));
    BOOST_TEST(!done.error, done.error.message());
}

task<void> expects_text(stream& from, std::string_view right) {
    std::vector<std::byte> room(right.size());
    const transferred got = co_await from.read_exactly(room);
    BOOST_TEST(!got.error, got.error.message());
    BOOST_TEST(as_text(room) == right);
}

task<void> expects_read_error(stream& from, error_code right) {
    std::array<std::byte, 64> room{};
    const result<std::size_t> count = co_await from.read_some(room);
    BOOST_TEST_REQUIRE(count.has_error());
    BOOST_TEST(count.error() == right, count.error().message());
}

task<void> expects_readable(stream& from) {
    const error_code error = co_await from.wait_readable();
    BOOST_TEST(!error, error.message());
    BOOST_TEST(from.available() > 0U);
}

// Nothing but the clock moves: no timer had a chance to run.
void pass_time(time_point until) {
    while (clock::now() <= until) {}
}

// Expired.

task<void> data_is_there(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "not lost");
    co_await expects_readable(server);
    server.set_read_deadline(clock::now() - 1h);
    for (int count = 0; count < 3; ++count) co_await expects_read_error(server, errc::read_timeout);
    std::array<std::byte, 8> room{};
    const transferred got = co_await server.read_exactly(room);
    BOOST_TEST((got.error == errc::read_timeout && got.count == 0U));
    server.set_read_deadline(clock::now() + 1h);
    co_await expects_text(server, "not lost");
    co_await write(client, "and goes on");
    co_await expects_text(server, "and goes on");
}

task<void> nobody_has_looked_yet(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "there");
    co_await expects_readable(server);
    const time_point soon = clock::now() + 100us;
    server.set_deadline(soon);
    pass_time(soon);
    co_await expects_read_error(server, errc::read_timeout);
    const transferred sent = co_await server.write_all(as_bytes("too late"));
    BOOST_TEST((sent.error == errc::write_timeout && sent.count == 0U));
    server.set_read_deadline(time_point::max());
    server.set_write_deadline(time_point::max());
    co_await expects_text(server, "there");
}

task<void> a_write_in_the_past(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    client.set_write_deadline(clock::now() - 1h);
    for (int count = 0; count < 3; ++count) {
        const transferred sent = co_await client.write_all(as_bytes("never"));
        BOOST_TEST((sent.error == errc::write_timeout && sent.count == 0U));
    }
    BOOST_TEST(server.available() == 0U);
    client.set_write_deadline(time_point::max());
    co_await write(client, "now");
    co_await expects_text(server, "now");
}

task<void> both_at_once(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "ping");
    co_await expects_readable(server);
    server.set_read_deadline(clock::now());
    server.set_write_deadline(clock::now());   // an instant that has come has passed
    co_await expects_read_error(server, errc::read_timeout);
    const transferred sent = co_await server.write_all(as_bytes("pong"));
    BOOST_TEST(sent.error == errc::write_timeout);
    server.set_write_deadline(time_point::max());
    co_await write(server, "pong");
    co_await expects_read_error(server, errc::read_timeout);   // one direction says nothing about the other
    server.set_read_deadline(time_point::max());
    server.set_write_deadline(time_point::max());
    co_await expects_text(server, "ping");
    co_await expects_text(client, "pong");
}

// Moved while somebody waits.

enum class move_to { the_past, never };

task<void> moves_soon(stream& of, move_to where) {
    co_await test::yield();
    of.set_read_deadline(where == move_to::never ? time_point::max() : clock::now() - 1h);
}

task<void> an_exact_read_that_waits(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "ab");
    std::array<std::byte, 4> four{};
    struct reads {
        static task<void> two_of_four(stream& from, mutable_bytes into) {
            const transferred got = co_await from.read_exactly(into);
            BOOST_TEST(got.error == errc::read_timeout);
            BOOST_TEST(got.count == 2U);
        }
    };
    co_await expects_readable(server);
    co_await together(reads::two_of_four(server, four), moves_soon(server, move_to::the_past));
    co_await write(client, "cd");
    co_await expects_read_error(server, errc::read_timeout);
    server.set_read_deadline(time_point::max());
    co_await expects_text(server, "cd");
    BOOST_TEST(as_text(bytes(four).first(2)) == "ab");
}

task<void> writes_after(stream& to, std::string_view text, time_point at) {
    while (clock::now() <= at) co_await sleep(1ms);
    co_await write(to, text);
}

task<void> a_cleared_deadline(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    const time_point first = clock::now() + 250ms;   // it is moved in time on a busy machine too
    server.set_deadline(first);
    co_await together(expects_text(server, "in time"), moves_soon(server, move_to::never),
                      writes_after(client, "in time", first + 4ms));
}

task<void> expects_write_timeout(stream& to, bytes data, transferred& done) {
    done = co_await to.write_all(data);
    BOOST_TEST(done.error == errc::write_timeout);
}

task<void> ends_the_write_soon(stream& of) {
    co_await test::yield();
    of.set_write_deadline(clock::now() - 1h);
}

task<void> counts_to_the_end(stream& from, std::size_t& count) {
    std::array<std::byte, 4096> room{};
    for (;;) {
        const result<std::size_t> got = co_await from.read_some(room);
        if (!got) {
            BOOST_TEST(got.error() == errc::end_of_stream);
            co_return;
        }
        count += *got;
    }
}

task<void> a_write_that_waits(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    const std::vector<std::byte> plenty(4 * 1024 * 1024);
    transferred done;
    co_await together(expects_write_timeout(client, plenty, done), ends_the_write_soon(client));
    BOOST_TEST((done.count > 0U && done.count < plenty.size()));
    client.close_write();
    std::size_t arrived = 0;
    co_await counts_to_the_end(server, arrived);
    BOOST_TEST(arrived == done.count);   // what was reported as written is what arrives: not a byte less or more
}

// Frames: bytes that were read before are given out, as by Go's bufio.Reader; the peer's are not read.

task<void> frames(transport ours, transport theirs) {
    frame_stream client(std::move(ours), frame::any_codec()), server(std::move(theirs), frame::any_codec());
    const test::texts both{"one", "two"};
    co_await test::sends_all(client, both);
    const result<void> first = co_await client.flush();
    BOOST_TEST(first.has_value());
    server.set_read_deadline(clock::now() - 1h);
    for (int count = 0; count < 3; ++count) co_await test::expects_error(server, errc::read_timeout);
    server.set_read_deadline(time_point::max());
    server.set_write_deadline(time_point::max());
    co_await test::expects_frame(server, "one");
    co_await test::sends(client, "three");
    const result<void> second = co_await client.flush();
    BOOST_TEST(second.has_value());
    server.set_read_deadline(clock::now());
    server.set_write_deadline(clock::now());
    co_await test::expects_frame(server, "two");
    co_await test::expects_error(server, errc::read_timeout);
    server.set_read_deadline(time_point::max());
    server.set_write_deadline(time_point::max());
    co_await test::expects_frame(server, "three");
    BOOST_TEST(!server.failure());
    co_await together(client.finish(test::linger), server.finish(test::linger));
}

// Half-close.

task<void> reading_closed(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "nobody will read this");
    co_await expects_readable(server);
    server.close_read();
    server.close_read();
    BOOST_TEST(server.available() == 0U);
    for (int count = 0; count < 2; ++count) co_await expects_read_error(server, errc::end_of_stream);
    const error_code readable = co_await server.wait_readable();
    BOOST_TEST(!readable);
    BOOST_TEST(!server.is_closed());
    co_await write(server, "writing goes on");
    co_await expects_text(client, "writing goes on");
    server.close_write();
    co_await expects_read_error(client, errc::end_of_stream);
}

task<void> closes_reading_soon(stream& of) {
    co_await test::yield();
    of.close_read();
}

task<void> a_reader_that_waits(transport ours, transport theirs) {
    const stream client(std::move(ours));
    stream server(std::move(theirs));
    co_await together(expects_read_error(server, errc::end_of_stream), closes_reading_soon(server));
    server.close();
    co_await expects_read_error(server, errc::closed);
    server.close_read();
}

task<void> a_peer_that_goes_on(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    server.close_read();
    const bool is_told = client.remote().what != endpoint::kind::ipv4;
    const transferred sent = co_await client.write_all(as_bytes("hello?"));
    BOOST_TEST((sent.error == asio::error::broken_pipe) == is_told, sent.error.message());
    co_await expects_read_error(server, errc::end_of_stream);
}

task<void> expects_closed_writing(stream& to) {
    const std::vector<std::byte> plenty(4 * 1024 * 1024);
    const transferred done = co_await to.write_all(plenty);
    BOOST_TEST(done.error == errc::closed);
    BOOST_TEST(done.count < plenty.size());
}

task<void> closes_soon(stream& which) {
    co_await test::yield();
    which.close();
}

task<void> everybody_waits(transport ours, transport theirs) {
    const stream client(std::move(ours));
    stream server(std::move(theirs));
    server.set_deadline(clock::now() + 1h);
    co_await together(expects_read_error(server, errc::closed), expects_closed_writing(server), closes_soon(server));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(go_deadlines)

BOOST_AUTO_TEST_CASE(an_expired_read_deadline_fails_reads_that_would_not_have_to_wait) {
    test::over_every_transport(data_is_there);
}
BOOST_AUTO_TEST_CASE(a_deadline_has_passed_when_the_clock_says_so) {
    test::over_every_transport(nobody_has_looked_yet);
}
BOOST_AUTO_TEST_CASE(an_expired_write_deadline_fails_writes_that_would_not_have_to_wait) {
    test::over_every_transport(a_write_in_the_past);
}
BOOST_AUTO_TEST_CASE(a_deadline_is_for_reads_for_writes_or_for_both) { test::over_every_transport(both_at_once); }
BOOST_AUTO_TEST_CASE(a_deadline_set_in_the_past_ends_an_exact_read_and_keeps_what_it_has) {
    test::over_every_transport(an_exact_read_that_waits);
}
BOOST_AUTO_TEST_CASE(a_deadline_that_is_cleared_spares_a_read_that_waits) {
    test::over_every_transport(a_cleared_deadline);
}
BOOST_AUTO_TEST_CASE(an_expired_deadline_of_frames_fails_what_would_read_from_the_peer_and_loses_none) {
    test::over_every_transport(frames);
}
BOOST_AUTO_TEST_CASE(a_write_deadline_moved_into_the_past_ends_a_write_and_tells_the_bytes_written) {
    test::over_every_transport(a_write_that_waits);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(half_close)

BOOST_AUTO_TEST_CASE(after_close_read_reads_end_and_writing_goes_on) { test::over_every_transport(reading_closed); }
BOOST_AUTO_TEST_CASE(close_read_wakes_a_reader_with_the_end_of_the_stream) {
    test::over_every_transport(a_reader_that_waits);
}
BOOST_AUTO_TEST_CASE(a_peer_that_writes_after_close_read_is_told_where_the_transport_can) {
    test::over_every_transport(a_peer_that_goes_on);
}
BOOST_AUTO_TEST_CASE(close_wakes_a_reader_and_a_writer_whatever_their_deadlines) {
    test::over_every_transport(everybody_waits);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
