#include "support/print.hpp"
#include "support/transports.hpp"

#include <hawser/io/stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using test::together;

task<std::string> read_to_the_end(stream& from, error_code& end) {
    std::string all;
    std::array<std::byte, 4096> room{};
    for (;;) {
        const result<std::size_t> count = co_await from.read_some(room);
        if (!count) {
            end = count.error();
            co_return all;
        }
        all += as_text(bytes(room).first(*count));
    }
}

task<void> write(stream& to, std::string_view text) {
    const transferred done = co_await to.write_all(as_bytes(text));
    BOOST_TEST(!done.error, done.error.message());
    BOOST_TEST(done.count == text.size());
}

// One read_some, as text; what went wrong, as a failure of the test.
task<std::string> read(stream& from) {
    std::array<std::byte, 64> room{};
    const result<std::size_t> count = co_await from.read_some(room);
    BOOST_TEST(count.has_value(), (count ? "" : count.error().message()));
    co_return count ? std::string(as_text(bytes(room).first(*count))) : std::string();
}

task<error_code> read_error(stream& from) {
    std::array<std::byte, 64> room{};
    const result<std::size_t> count = co_await from.read_some(room);
    co_return count ? error_code() : count.error();
}

std::string pattern(std::size_t size) {
    std::string made(size, '\0');
    for (std::size_t index = 0; index < size; ++index) made[index] = static_cast<char>(index * 7 + index / 251);
    return made;
}

// Bytes.

task<void> there_and_back(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "ping");
    const std::string asked = co_await read(server);
    BOOST_TEST(asked == "ping");
    co_await write(server, "pong");
    const std::string answered = co_await read(client);
    BOOST_TEST(answered == "pong");
}

task<void> exact_reads(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "abcdefg");
    client.close_write();
    std::array<std::byte, 3> three{};
    transferred got = co_await server.read_exactly(mutable_bytes(three).first(0));
    BOOST_TEST((!got.error && got.count == 0));
    for (const std::string_view whole : {"abc", "def"}) {
        got = co_await server.read_exactly(three);
        BOOST_TEST(!got.error);
        BOOST_TEST(got.count == 3U);
        BOOST_TEST(as_text(three) == whole);
    }
    got = co_await server.read_exactly(three);
    BOOST_TEST(got.error == errc::truncated);
    BOOST_TEST(got.count == 1U);
    BOOST_TEST(as_text(bytes(three).first(1)) == "g");
    got = co_await server.read_exactly(three);
    BOOST_TEST(got.error == errc::end_of_stream);
    BOOST_TEST(got.count == 0U);
}

task<void> writes_in_pieces(stream& to) {
    co_await test::yield();
    co_await write(to, "ab");
    co_await test::yield();
    co_await write(to, "cdef");
}

task<void> reads_exactly(stream& from, std::string_view whole) {
    std::vector<std::byte> room(whole.size());
    const transferred got = co_await from.read_exactly(room);
    BOOST_TEST(!got.error);
    BOOST_TEST(as_text(room) == whole);
}

task<void> exact_reads_wait_for_the_rest(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await together(reads_exactly(server, "abcdef"), writes_in_pieces(client));
}

// More than the buffers between them hold.
constexpr std::size_t plenty = 4 * 1024 * 1024;

task<void> writes_plenty(stream& to, std::string_view all) {
    co_await write(to, all);
    to.close_write();
}

task<void> reads_plenty(stream& from, std::string_view right) {
    error_code end;
    const std::string got = co_await read_to_the_end(from, end);
    BOOST_TEST((got == right), "what arrived is not what was sent");
    BOOST_TEST(end == errc::end_of_stream);
}

task<void> more_than_fits(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    const std::string all = pattern(plenty);
    co_await together(writes_plenty(client, all), reads_plenty(server, all));
}

task<void> writes_until_it_fails(stream& to, std::string_view all, transferred& done) {
    done = co_await to.write_all(as_bytes(all));
}

task<void> reads_a_little_and_closes(stream& from) {
    std::array<std::byte, 1000> room{};
    const transferred got = co_await from.read_exactly(room);
    BOOST_TEST(!got.error);
    from.close();
}

task<void> a_write_that_fails(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    const std::string all = pattern(plenty);
    transferred done;
    co_await together(writes_until_it_fails(client, all, done), reads_a_little_and_closes(server));
    BOOST_TEST(done.error == condition::broken);
    BOOST_TEST(done.count >= 1000U);
    BOOST_TEST(done.count < all.size());
}

task<void> half_close(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "question");
    client.close_write();
    error_code end;
    const std::string asked = co_await read_to_the_end(server, end);
    BOOST_TEST(asked == "question");
    BOOST_TEST(end == errc::end_of_stream);
    co_await write(server, "answer");
    server.close_write();
    const std::string answered = co_await read_to_the_end(client, end);
    BOOST_TEST(answered == "answer");
    BOOST_TEST(end == errc::end_of_stream);
    const transferred late = co_await client.write_all(as_bytes("too late"));
    BOOST_TEST(late.error.failed());
    BOOST_TEST(late.count == 0U);
}

// Deadlines.

task<void> an_expired_deadline(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    const time_point start = clock::now();
    server.set_read_deadline(start + 3ms);
    for (int count = 0; count < 3; ++count) {
        const error_code error = co_await read_error(server);
        BOOST_TEST(error == errc::read_timeout);
    }
    BOOST_TEST((clock::now() >= start + 3ms));
    co_await write(client, "late but not lost");
    server.set_read_deadline(time_point::max());
    const std::string got = co_await read(server);
    BOOST_TEST(got == "late but not lost");
}

task<void> a_deadline_inside_an_exact_read(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "ab");
    server.set_read_deadline(clock::now() + 3ms);
    std::array<std::byte, 4> four{};
    const transferred first = co_await server.read_exactly(four);
    BOOST_TEST(first.error == errc::read_timeout);
    BOOST_TEST(first.count == 2U);
    server.set_read_deadline(time_point::max());
    co_await write(client, "cd");
    const transferred rest = co_await server.read_exactly(mutable_bytes(four).subspan(first.count));
    BOOST_TEST(!rest.error);
    BOOST_TEST(as_text(four) == "abcd");
}

task<void> sets_read_deadline_soon(stream& of, time_point at) {
    co_await test::yield();
    of.set_read_deadline(at);
}

task<void> expects_read_error(stream& from, error_code right) {
    const error_code error = co_await read_error(from);
    BOOST_TEST(error == right, error.message());
}

task<void> a_deadline_set_in_the_past_ends_a_read_that_waits(transport ours, transport theirs) {
    const stream client(std::move(ours));
    stream server(std::move(theirs));
    co_await together(expects_read_error(server, errc::read_timeout),
                      sets_read_deadline_soon(server, clock::now() - 1h));
    server.set_read_deadline(clock::now() - 1h);
    co_await expects_read_error(server, errc::read_timeout);
}

task<void> moves_the_deadline_and_writes_after_it(stream& reads, stream& writes, time_point expired_by) {
    co_await test::yield();
    reads.set_read_deadline(time_point::max());
    while (clock::now() <= expired_by) co_await sleep(1ms);
    co_await write(writes, "in time");
}

task<void> expects_text(stream& from, std::string_view right) {
    const std::string got = co_await read(from);
    BOOST_TEST(got == right);
}

task<void> a_deadline_moved_away_spares_a_read_that_waits(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    const time_point first = clock::now() + 250ms;   // it is moved in time on a busy machine too
    server.set_read_deadline(first);
    co_await together(expects_text(server, "in time"),
                      moves_the_deadline_and_writes_after_it(server, client, first + 4ms));
}

task<void> writes(stream& to, std::string_view all, transferred& done) { done = co_await to.write_all(as_bytes(all)); }

// Once a write waits, however busy the machine is.
task<void> sets_a_write_deadline(stream& of) {
    co_await test::yield();
    of.set_write_deadline(clock::now() + 3ms);
}

task<void> a_write_deadline(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    const std::string all = pattern(plenty);
    transferred first;
    co_await together(writes(client, all, first), sets_a_write_deadline(client));
    BOOST_TEST(first.error == errc::write_timeout);
    BOOST_TEST(first.count > 0U);
    BOOST_TEST(first.count < all.size());
    client.set_write_deadline(time_point::max());
    co_await together(writes_plenty(client, std::string_view(all).substr(first.count)), reads_plenty(server, all));
}

task<void> a_read_deadline_does_not_stop_writes(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    client.set_read_deadline(clock::now() - 1s);
    co_await expects_read_error(client, errc::read_timeout);
    const std::string all = pattern(plenty);
    co_await together(writes_plenty(client, all), reads_plenty(server, all));
}

// Waiting, closing.

task<void> a_second_read(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    group first(server.get_executor());
    first.spawn(expects_text(server, "for the first"));
    co_await test::yield();
    co_await expects_read_error(server, errc::concurrent_read);
    co_await write(client, "for the first");
    co_await first.join();
    co_await write(client, "and again");
    co_await expects_text(server, "and again");
}

task<void> expects_write_error(stream& to, error_code right) {
    const std::string all = pattern(plenty);
    const transferred done = co_await to.write_all(as_bytes(all));
    BOOST_TEST(done.error == right, done.error.message());
}

task<void> closes_soon(stream& which) {
    co_await test::yield();
    which.close();
    BOOST_TEST(which.is_closed());
}

task<void> closing_wakes(transport ours, transport theirs) {
    const stream client(std::move(ours));
    stream server(std::move(theirs));
    co_await together(expects_read_error(server, errc::closed), expects_write_error(server, errc::closed),
                      closes_soon(server));
    co_await expects_read_error(server, errc::closed);
    co_await expects_write_error(server, errc::closed);
    const error_code readable = co_await server.wait_readable();
    BOOST_TEST(readable == errc::closed);
    server.close();
    server.close_write();
}

task<void> the_peer_sees_a_close_as_the_end(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await together(expects_read_error(client, errc::end_of_stream), closes_soon(server));
}

task<void> a_close_with_unread_input_resets(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    co_await write(client, "never read");
    co_await write(server, "destroyed");
    const error_code waited = co_await server.wait_readable();
    BOOST_TEST(!waited);
    server.close();
    error_code end;
    const std::string got = co_await read_to_the_end(client, end);
    BOOST_TEST(end == condition::broken);
}

task<void> waits_readable(stream& on, error_code& error, bool& woken) {
    error = co_await on.wait_readable();
    woken = true;
}

task<void> trying_and_waking(transport ours, transport theirs) {
    const stream client(std::move(ours));
    stream server(std::move(theirs));
    std::array<std::byte, 8> room{};
    BOOST_TEST(server.try_read(room).error() == asio::error::would_block);
    error_code error = errc::closed;
    bool woken = false;
    group waiting(server.get_executor());
    waiting.spawn(waits_readable(server, error, woken));
    co_await test::yield();
    BOOST_TEST(!woken);
    server.wake();
    co_await waiting.join();
    BOOST_TEST(!error);
}

task<void> what_is_under_way(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    BOOST_TEST(server.available() == 0U);
    BOOST_TEST(client.unsent() == 0U);
    co_await write(client, "abc");
    const error_code error = co_await server.wait_readable();
    BOOST_TEST(!error);
    BOOST_TEST(server.available() == 3U);
    co_await expects_text(server, "abc");
    BOOST_TEST(server.available() == 0U);
    while (client.unsent() > 0) co_await test::yield();   // TCP has it acknowledged first
    client.close_write();
    BOOST_TEST(client.unsent() == 0U);   // though TCP has it acknowledged later
    server.close();
    BOOST_TEST(server.available() == 0U);
    BOOST_TEST(server.unsent() == 0U);
}

task<void> the_ends_name_each_other(transport ours, transport theirs) {
    const stream client(std::move(ours)), server(std::move(theirs));
    BOOST_TEST((client.remote().what == server.local().what));
    BOOST_TEST((client.remote().what != endpoint::kind::none));
    if (client.remote().what == endpoint::kind::ipv4) {
        BOOST_TEST(client.remote().text() == server.local().text());
        BOOST_TEST(client.local().text() == server.remote().text());
        BOOST_TEST(client.local().text() != server.local().text());
    }
    co_return;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(streams)

BOOST_AUTO_TEST_CASE(bytes_go_there_and_back) { test::over_every_transport(there_and_back); }
BOOST_AUTO_TEST_CASE(read_exactly_fills_or_says_truncated_or_end_of_stream) { test::over_every_transport(exact_reads); }
BOOST_AUTO_TEST_CASE(read_exactly_waits_for_the_rest) { test::over_every_transport(exact_reads_wait_for_the_rest); }
BOOST_AUTO_TEST_CASE(write_all_waits_until_everything_is_taken) { test::over_every_transport(more_than_fits); }
BOOST_AUTO_TEST_CASE(a_write_that_fails_tells_the_bytes_written) { test::over_every_transport(a_write_that_fails); }
BOOST_AUTO_TEST_CASE(a_half_closed_stream_still_reads) { test::over_every_transport(half_close); }

BOOST_AUTO_TEST_CASE(an_expired_read_deadline_fails_every_read_until_moved_and_loses_no_byte) {
    test::over_every_transport(an_expired_deadline);
    test::over_every_transport(a_deadline_inside_an_exact_read);
}

BOOST_AUTO_TEST_CASE(a_read_deadline_moves_for_a_read_that_waits_now) {
    test::over_every_transport(a_deadline_set_in_the_past_ends_a_read_that_waits);
    test::over_every_transport(a_deadline_moved_away_spares_a_read_that_waits);
}

BOOST_AUTO_TEST_CASE(an_expired_write_deadline_tells_what_was_written_and_loses_no_byte) {
    test::over_every_transport(a_write_deadline);
}

BOOST_AUTO_TEST_CASE(an_expired_read_deadline_does_not_stop_writes) {
    test::over_every_transport(a_read_deadline_does_not_stop_writes);
}

BOOST_AUTO_TEST_CASE(a_second_read_is_concurrent_read_and_the_first_goes_on) {
    test::over_every_transport(a_second_read);
}

BOOST_AUTO_TEST_CASE(close_wakes_who_waits_with_closed) { test::over_every_transport(closing_wakes); }

BOOST_AUTO_TEST_CASE(a_close_is_the_end_for_the_peer_or_a_reset_if_input_was_unread) {
    test::over_every_transport(the_peer_sees_a_close_as_the_end);
    test::over_every_transport(a_close_with_unread_input_resets);
}

BOOST_AUTO_TEST_CASE(wake_makes_who_waits_look_again) { test::over_every_transport(trying_and_waking); }
BOOST_AUTO_TEST_CASE(a_stream_tells_what_is_under_way) { test::over_every_transport(what_is_under_way); }
BOOST_AUTO_TEST_CASE(both_ends_tell_who_they_are) { test::over_every_transport(the_ends_name_each_other); }

BOOST_AUTO_TEST_CASE(a_memory_end_gives_and_takes_at_most_what_its_options_say) {
    asio::io_context context;
    const executor here = context.get_executor();
    auto [one, other] = memory_pair(here, here, {.capacity = 10, .most_a_write = 4}, {.most_a_read = 3});
    stream writer(std::move(one)), reader(std::move(other));
    BOOST_TEST(writer.try_write(as_bytes("0123456789abc")).value() == 4U);
    BOOST_TEST(writer.try_write(as_bytes("456789abc")).value() == 4U);
    BOOST_TEST(writer.try_write(as_bytes("89abc")).value() == 2U);
    BOOST_TEST(writer.try_write(as_bytes("abc")).error() == asio::error::would_block);
    std::array<std::byte, 8> room{};
    BOOST_TEST(reader.try_read(room).value() == 3U);
    BOOST_TEST(as_text(bytes(room).first(3)) == "012");
    BOOST_TEST(writer.try_write(as_bytes("abc")).value() == 3U);
}

BOOST_AUTO_TEST_CASE(a_memory_end_fails_at_the_operation_it_was_told_to) {
    asio::io_context context;
    const executor here = context.get_executor();
    auto [one, other] = memory_pair(here, here, {.fail_at = 3, .failure = asio::error::network_reset});
    stream failing(std::move(one)), good(std::move(other));
    std::array<std::byte, 8> room{};
    BOOST_TEST(good.try_write(as_bytes("x")).value() == 1U);
    BOOST_TEST(failing.try_write(as_bytes("y")).value() == 1U);
    BOOST_TEST(failing.try_read(room).value() == 1U);
    BOOST_TEST(failing.try_read(room).error() == asio::error::would_block);   // no operation: it would wait
    BOOST_TEST(failing.try_write(as_bytes("z")).error() == asio::error::network_reset);
    BOOST_TEST(failing.try_write(as_bytes("z")).value() == 1U);
}

BOOST_AUTO_TEST_CASE(streams_that_go_down_with_their_context_do_no_harm) {
    for (const bool with_memory : {true, false}) {
        asio::io_context context;
        const executor here = context.get_executor();
        struct waits {
            static task<void> forever(transport carrier) {
                stream conn(std::move(carrier));
                conn.set_read_deadline(clock::now() + 1h);
                static_cast<void>(co_await read_error(conn));
            }
            static task<void> connect(std::optional<transport>& ours, std::optional<transport>& theirs) {
                const executor where = co_await asio::this_coro::executor;
                const auto open = std::move(*listen(where, *address::parse("127.0.0.1:0")));
                address target;
                target.host = "127.0.0.1";
                target.port = open->port();
                ours = std::move(*co_await dial(target, test::long_enough));
                result<accepted> made = co_await open->accept(where);
                theirs = std::move(made->carrier);
            }
        };
        std::optional<transport> ours, theirs;
        if (with_memory) {
            auto [one, other] = memory_pair(here, here);
            ours = std::move(one);
            theirs = std::move(other);
        } else {
            test::run(context, waits::connect(ours, theirs));
        }
        group waiting(here);
        waiting.spawn(waits::forever(std::move(*ours)));
        waiting.spawn(waits::forever(std::move(*theirs)));
        ours.reset();
        theirs.reset();
        test::settle(context);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
