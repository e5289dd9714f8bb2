// What bounds a connection in time and memory: the time-outs of frame_limits, the user's deadlines, lent buffers.
#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/io/frame_stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using frame::any_codec;
using frame::length_field;
using namespace test;   // every word of a conversation

// Nothing but what a test sets ends its connection.
constexpr frame_limits no_limits{.first_frame_timeout = duration::zero(),
                                 .frame_timeout = duration::zero(),
                                 .idle_timeout = duration::zero(),
                                 .write_stall_timeout = duration::zero()};

constexpr duration tiny = 6ms;

const texts three{"one", "two", "three"};

frame_limits only(duration frame_limits::* which, duration value = tiny) {
    frame_limits limits = no_limits;
    limits.*which = value;
    return limits;
}

// Reads until that fails, and gives the error.
task<error_code> why_reading_ends(frame_stream& from) {
    for (;;) {
        const result<bytes> body = co_await from.read_frame();
        if (!body) co_return body.error();
    }
}

task<void> ends_reading(frame_stream& from, error_code right, time_point not_before) {
    const error_code error = co_await why_reading_ends(from);
    BOOST_TEST(error == right, error.message());
    BOOST_TEST((clock::now() >= not_before));
}

// Time-outs of reading.

task<void> no_first_frame(transport ours, transport theirs) {
    const stream client(std::move(ours));
    const time_point start = clock::now();
    frame_stream server(std::move(theirs), any_codec(), only(&frame_limits::first_frame_timeout));
    co_await ends_reading(server, errc::first_frame_timeout, start + tiny);
    co_await expects_error(server, errc::first_frame_timeout);
    co_await server.finish(linger);
}

// Long against a millisecond, short against the 600 of them that a whole frame takes to drip.
constexpr duration longer = 40ms;
const std::string slow_body(600, 'x');

// A byte each millisecond, until nobody takes them any more.
task<void> drips(stream& to, std::string wire, std::size_t& dripped) {
    while (dripped < wire.size()) {
        const transferred done = co_await to.write_all(as_bytes(std::string_view(wire).substr(dripped, 1)));
        if (done.error) break;
        ++dripped;
        co_await sleep(1ms);
    }
}

task<void> a_first_frame_that_drips(transport ours, transport theirs) {
    stream client(std::move(ours));
    const time_point start = clock::now();
    frame_stream server(std::move(theirs), any_codec(), only(&frame_limits::first_frame_timeout, longer));
    std::size_t dripped = 0;
    co_await together(drips(client, framed(slow_body), dripped),
                      ends_reading(server, errc::first_frame_timeout, start + longer));
    BOOST_TEST(dripped > 0U);
    co_await server.finish(linger);
}

task<void> a_later_frame_that_drips(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), only(&frame_limits::frame_timeout, longer));
    co_await write_raw(client, framed("whole"));
    co_await expects_frame(server, "whole");
    const time_point start = clock::now();
    std::size_t dripped = 0;
    co_await together(drips(client, framed(slow_body), dripped),
                      ends_reading(server, errc::frame_timeout, start + longer));
    BOOST_TEST(dripped > 0U);
    co_await server.finish(linger);
}

// What is dropped is under way too: one byte of it now and then is not a sign of life.
task<void> a_frame_to_be_dropped_that_drips(transport ours, transport theirs) {
    stream client(std::move(ours));
    const frame::length_field discarding({.adjust = -4, .max_frame = 100, .over = frame::over_limit::discard});
    frame_stream server(std::move(theirs), discarding, only(&frame_limits::frame_timeout, longer));
    co_await write_raw(client, framed("whole"));
    co_await expects_frame(server, "whole");
    const time_point start = clock::now();
    std::size_t dripped = 0;
    co_await together(drips(client, framed(slow_body), dripped),
                      ends_reading(server, errc::frame_timeout, start + longer));
    BOOST_TEST(dripped > 4U);   // the length at least
    BOOST_TEST(server.in().skips() == 1U);
    co_await server.finish(linger);
}

// A false mark says that a long frame begins; the good ones behind it do not go down with it.
task<void> good_frames_behind_one_that_never_gets_whole(transport ours, transport theirs) {
    stream client(std::move(ours));
    const frame::marked_crc marked({.max_frame = 4096});
    byte_buffer wire;
    wire.append(as_bytes(std::string_view("\xff\xff\x0f\x00", 4)));
    for (const std::string& text : three) BOOST_TEST(!marked.encode(as_bytes(text), wire));
    const time_point start = clock::now();   // the first frame is waited for from now on
    frame_stream server(std::move(theirs), marked,
                        {.first_frame_timeout = longer, .frame_timeout = longer, .idle_timeout = longer});
    co_await write_raw(client, as_text(wire.view()));
    for (const std::string& text : three) co_await expects_frame(server, text);
    BOOST_TEST((clock::now() >= start + longer));
    BOOST_TEST(server.in().skips() == 1U);
    co_await write_raw(client, as_text(wire.view()));   // and again, now that there were frames
    for (const std::string& text : three) co_await expects_frame(server, text);
    BOOST_TEST(server.in().skips() == 2U);
    co_await write_raw(client, "\xff\xff");   // nothing good behind this one
    co_await ends_reading(server, errc::frame_timeout, start + longer);
    co_await server.finish(linger);
}

// Bytes that a format passes over are not silence, and they are no frames either.
task<void> garbage_without_end(transport ours, transport theirs) {
    stream client(std::move(ours));
    const frame::marked_crc marked({.max_frame = 4096});
    byte_buffer wire;
    BOOST_TEST(!marked.encode(as_bytes(three.front()), wire));
    frame_limits limits = only(&frame_limits::idle_timeout, longer);
    limits.frame_timeout = longer;
    frame_stream server(std::move(theirs), marked, limits);
    co_await write_raw(client, as_text(wire.view()));
    co_await expects_frame(server, three.front());
    std::size_t dripped = 0;
    const std::string garbage(10'000, 'g');
    co_await together(drips(client, garbage, dripped), ends_reading(server, errc::idle_timeout, clock::now() + longer));
    BOOST_TEST(server.in().skips() == 1U);
    co_await server.finish(linger);
}

task<void> a_frame_cut_short(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), only(&frame_limits::frame_timeout));
    co_await write_raw(client, framed("whole") + framed("cut").substr(0, 5));
    co_await expects_frame(server, "whole");
    co_await ends_reading(server, errc::frame_timeout, clock::now());
    BOOST_TEST(server.in().position() == 9U);
    co_await server.finish(linger);
}

// A user who reads with short deadlines, and so waits many times.
task<void> silence_in_pieces(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), only(&frame_limits::idle_timeout, longer));
    co_await write_raw(client, framed("one"));
    co_await expects_frame(server, "one");
    const time_point start = clock::now();
    error_code error = errc::read_timeout;
    while (error == errc::read_timeout) {
        server.set_read_deadline(clock::now() + tiny);
        error = co_await why_reading_ends(server);
    }
    BOOST_TEST(error == errc::idle_timeout, error.message());
    BOOST_TEST((clock::now() >= start + longer));
    co_await server.finish(linger);
}

task<void> silence(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), only(&frame_limits::idle_timeout));
    co_await write_raw(client, framed("whole"));
    co_await expects_frame(server, "whole");
    const time_point start = clock::now();
    co_await ends_reading(server, errc::idle_timeout, start + tiny);
    co_await server.finish(linger);
}

task<void> idles_while_held(frame_stream& server, stream& client, time_point& released_at) {
    co_await sleep(3 * tiny);
    BOOST_TEST(!server.failure());
    co_await write_raw(client, framed("while it was held"));
    co_await sleep(5 * tiny / 2);   // not a multiple: the release falls between two looks
    BOOST_TEST(!server.failure());
    released_at = clock::now();
    server.memory().release(0);
}

task<void> holding(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), only(&frame_limits::idle_timeout));
    co_await write_raw(client, framed("first"));
    co_await expects_frame(server, "first");
    server.memory().hold(0);
    group others(server.get_executor());
    time_point released_at = time_point::max();
    others.spawn(idles_while_held(server, client, released_at));
    co_await expects_frame(server, "while it was held");
    const error_code error = co_await why_reading_ends(server);
    BOOST_TEST(error == errc::idle_timeout, error.message());
    BOOST_TEST((clock::now() >= released_at + tiny), "idle sooner than that after the last one let go");
    co_await others.join();
    co_await server.finish(linger);
}

task<void> a_deadline_of_the_user(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    const time_point at = clock::now() + tiny;
    server.set_read_deadline(at);
    for (int count = 0; count < 3; ++count) co_await expects_error(server, errc::read_timeout);
    BOOST_TEST((clock::now() >= at));
    BOOST_TEST(!server.failure());
    server.set_read_deadline(time_point::max());
    co_await write_raw(client, framed("not lost"));
    co_await expects_frame(server, "not lost");
    server.close();
    co_await server.finish(linger);
}

task<void> a_deadline_of_the_user_inside_a_frame(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    const std::string wire = framed("in two parts");
    co_await write_raw(client, wire.substr(0, 6));
    server.set_read_deadline(clock::now() + tiny);
    co_await expects_error(server, errc::read_timeout);
    server.set_read_deadline(time_point::max());
    co_await write_raw(client, wire.substr(6));
    co_await expects_frame(server, "in two parts");
    server.close();
    co_await server.finish(linger);
}

// Time-outs of writing.

task<error_code> why_sending_ends(frame_stream& to) {
    const std::string body(4000, 'x');
    for (;;) {
        const result<void> sent = co_await to.send(as_bytes(body));
        if (!sent) co_return sent.error();
    }
}

task<void> a_peer_who_takes_nothing(transport ours, transport theirs) {
    const stream client(std::move(ours));
    frame_limits limits = only(&frame_limits::write_stall_timeout);
    limits.outbound_cap = 4096;
    const time_point start = clock::now();
    frame_stream server(std::move(theirs), length_field::prefix_self(4, 4096), limits);
    const error_code error = co_await why_sending_ends(server);
    BOOST_TEST(error == errc::write_stalled, error.message());
    BOOST_TEST((clock::now() >= start + tiny));
    BOOST_TEST(server.failure() == errc::write_stalled);
    co_await expects_error(server, errc::write_stalled);
    co_await server.finish(linger);
}

// Reads on and on with a deadline, so that everything that waits here is woken all the time.
task<void> reads_impatiently(frame_stream& from) {
    error_code error = errc::read_timeout;
    while (error == errc::read_timeout) {
        from.set_read_deadline(clock::now() + 1ms);
        error = co_await why_reading_ends(from);
    }
    BOOST_TEST(error == errc::write_stalled, error.message());
}

task<void> sends_until(frame_stream& to, error_code right) {
    const error_code error = co_await why_sending_ends(to);
    BOOST_TEST(error == right, error.message());
}

task<void> a_stall_while_much_else_happens(transport ours, transport theirs) {
    const stream client(std::move(ours));
    frame_limits limits = only(&frame_limits::write_stall_timeout, longer);
    limits.outbound_cap = 4096;
    frame_stream server(std::move(theirs), length_field::prefix_self(4, 4096), limits);
    co_await together(sends_until(server, errc::write_stalled), reads_impatiently(server));
    co_await server.finish(linger);
}

task<void> a_write_deadline_of_the_user(transport ours, transport theirs) {
    const stream client(std::move(ours));
    frame_limits limits = no_limits;
    limits.outbound_cap = 4096;
    frame_stream server(std::move(theirs), length_field::prefix_self(4, 4096), limits);
    const time_point at = clock::now() + tiny;
    server.set_write_deadline(at);
    const error_code error = co_await why_sending_ends(server);
    BOOST_TEST((error == errc::write_timeout || error == errc::torn_frame), error.message());
    BOOST_TEST((clock::now() >= at));
    co_await server.finish(linger);
}

// Nothing of the frame is out: it waits for a better deadline.
task<void> a_write_deadline_between_frames(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    server.set_write_deadline(time_point::min());
    co_await sends(server, "at once");   // the kernel has room: nobody waits
    const result<void> flushed = co_await server.flush();
    BOOST_TEST(flushed.has_value());
    server.set_write_deadline(time_point::max());
    co_await sends(server, "later");
    group finishing(server.get_executor());
    finishing.spawn(server.finish(linger));
    const texts both{"at once", "later"};
    co_await expects_raw(client, framed(both), errc::end_of_stream);
    client.close();
    co_await finishing.join();
}

task<void> flushes_until(frame_stream& of, error_code right) {
    const result<void> flushed = co_await of.flush();
    BOOST_TEST(flushed.has_error());
    if (!flushed) BOOST_TEST(flushed.error() == right, flushed.error().message());
}

task<void> sets_write_deadline_soon(frame_stream& of) {
    for (int turn = 0; turn < 5; ++turn) co_await yield();
    of.set_write_deadline(clock::now() + tiny);
}

task<void> a_write_deadline_for_a_flush_that_waits(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), length_field::prefix_self(4, 16 * 1024 * 1024), no_limits);
    BOOST_TEST(!server.push(as_bytes(std::string(15 * 1024 * 1024, 'x'))));   // more than a kernel holds
    co_await together(flushes_until(server, errc::torn_frame), sets_write_deadline_soon(server));
    server.set_write_deadline(time_point::max());
    BOOST_TEST(server.push(as_bytes("more")) == errc::torn_frame);
    co_await flushes_until(server, errc::torn_frame);
    BOOST_TEST(server.out().unwritten() == 1U);
    BOOST_TEST(!server.failure());
    co_await write_raw(client, framed("the other way"));
    co_await expects_frame(server, "the other way");
    co_await server.finish(linger);
}

task<void> a_send_that_gives_up(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_limits limits = no_limits;
    limits.outbound_cap = 4096;
    frame_stream server(std::move(theirs), length_field::prefix_self(4, 4096), limits);
    const std::string body(4000, 'x');
    std::size_t taken = 0;
    result<void> sent;
    const time_point give_up = clock::now() + tiny;
    while (sent) {
        sent = co_await server.send(as_bytes(body), give_up);
        if (sent) ++taken;
    }
    BOOST_TEST(sent.error() == errc::write_timeout, sent.error().message());
    BOOST_TEST((clock::now() >= give_up));
    BOOST_TEST(!server.failure());   // only this frame was not taken
    std::string wire;
    for (std::size_t count = 0; count < taken; ++count) wire += framed(body);
    group finishing(server.get_executor());
    finishing.spawn(server.finish(linger));
    co_await expects_raw(client, wire, errc::end_of_stream);
    client.close();
    co_await finishing.join();
}

// The end of a peer that reads slowly: longer than the linger, which begins when everything has reached it.
task<void> a_slow_reader_gets_everything(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    const std::string body(500'000, 'x');
    BOOST_TEST(!server.push(as_bytes(body)));
    group finishing(server.get_executor());
    finishing.spawn(server.finish(1ms));
    std::string got;
    std::vector<std::byte> room(50'000);
    for (transferred part; !part.error;) {
        co_await sleep(3ms);
        part = co_await client.read_exactly(room);
        got += as_text(bytes(room).first(part.count));
    }
    BOOST_TEST((got == framed(body)), "only " << got.size() << " bytes");
    client.close();
    co_await finishing.join();
}

// Draining.

task<void> stops_with_frames_in_hand(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    co_await write_raw(client, framed(three) + framed("cut").substr(0, 5));
    co_await expects_frame(server, "one");
    server.stop_reading();
    co_await expects_frame(server, "two");
    co_await expects_frame(server, "three");
    co_await expects_error(server, errc::stopping);
    co_await expects_error(server, errc::stopping);
    BOOST_TEST(!server.failure());
    co_await sends(server, "goodbye");
    group finishing(server.get_executor());
    finishing.spawn(server.finish(linger));
    co_await expects_raw(client, framed("goodbye"), errc::end_of_stream);
    client.close();
    co_await finishing.join();
}

task<void> stops_soon(frame_stream& which) {
    for (int turn = 0; turn < 5; ++turn) co_await yield();
    which.stop_reading();
}

task<void> stopping_wakes_a_reader(transport ours, transport theirs) {
    const stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    co_await together(expects_error(server, errc::stopping), stops_soon(server));
    server.close();
    co_await server.finish(linger);
}

// Nothing that comes later is waited for, or the end would never come.
task<void> stopping_reads_what_has_arrived(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    co_await write_raw(client, framed(three));
    server.stop_reading();
    co_await write_raw(client, framed("too late"));
    co_await expects_frames(server, three);
    co_await expects_error(server, errc::stopping);
    client.close();
    co_await expects_error(server, errc::stopping);
    co_await server.finish(linger);
}

task<void> stopping_ends_though_the_peer_never_pauses(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    const std::string wire = framed(std::string(60'000, 'x'));
    std::string many;
    while (many.size() < 3 * 1024 * 1024) many += wire;
    co_await write_raw(client, many);   // all of it has arrived: the test gives it room
    server.stop_reading();
    const error_code error = co_await why_reading_ends(server);
    BOOST_TEST(error == errc::stopping, error.message());
    BOOST_TEST(server.in().frames() == 1024 * 1024 / wire.size());
    server.close();
    co_await server.finish(linger);
}

// Lent buffers.

task<void> turns(int count) {
    for (int turn = 0; turn < count; ++turn) co_await yield();
}

task<void> who_waits_holds_no_buffer(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    const buffer_pool& pool = buffer_pool::of(server.get_executor());
    BOOST_TEST(pool.lent() == 0U);
    for (const std::string& body : texts{"one", "two", std::string(70'000, 'x')}) {
        group reading(server.get_executor());
        reading.spawn(expects_frame(server, body));
        co_await turns(5);
        BOOST_TEST(pool.lent() == 0U);
        co_await write_raw(client, framed(body));
        co_await reading.join();
        // Its frame is being looked at. A long one that came in records is in memory of its own.
        if (body.size() < 1000) BOOST_TEST(pool.lent() == 1U);
        else BOOST_TEST(pool.lent() <= 1U);
    }
    group waiting(server.get_executor());
    waiting.spawn(expects_error(server, errc::end_of_stream));
    co_await turns(5);
    BOOST_TEST(pool.lent() == 0U);
    client.close();
    co_await waiting.join();
    co_await server.finish(linger);
    BOOST_TEST(pool.lent() == 0U);
}

task<void> waits_for_unread(frame_stream& in, std::size_t size) {
    while (in.in().unread().size() < size) co_await yield();
    co_await turns(5);
}

// A short unfinished frame is kept in memory of its own; a long one keeps its block.
task<void> who_waits_for_the_rest(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    const buffer_pool& pool = buffer_pool::of(server.get_executor());
    const std::string wire = framed(std::string(40'000, 'x'));
    group reading(server.get_executor());
    reading.spawn(expects_frame(server, std::string_view(wire).substr(4)));
    co_await write_raw(client, wire.substr(0, 1000));
    co_await waits_for_unread(server, 1000);
    BOOST_TEST(pool.lent() == 0U);
    co_await write_raw(client, wire.substr(1000, 20'000));
    co_await waits_for_unread(server, 21'000);
    BOOST_TEST(pool.lent() == 1U);
    co_await write_raw(client, wire.substr(21'000));
    co_await reading.join();
    server.close();
    co_await server.finish(linger);
}

task<void> what_is_written_holds_no_buffer(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), no_limits);
    const buffer_pool& pool = buffer_pool::of(server.get_executor());
    BOOST_TEST(!server.push(as_bytes("an answer")));
    BOOST_TEST(pool.lent() == 1U);
    const result<void> flushed = co_await server.flush();
    BOOST_TEST(flushed.has_value());
    BOOST_TEST(pool.lent() == 0U);
    server.close();
    co_await server.finish(linger);
}

// Destroyed with something in both buffers, nothing of it running.
task<void> destroying_gives_everything_back(transport ours, transport theirs) {
    stream client(std::move(ours));
    const buffer_pool& pool = buffer_pool::of(client.get_executor());
    {
        frame_stream server(std::move(theirs), any_codec(), no_limits);
        co_await write_raw(client, framed(three));
        co_await expects_frame(server, "one");
        BOOST_TEST(!server.push(as_bytes("never sent")));
        BOOST_TEST(pool.lent() == 2U);
    }
    BOOST_TEST(pool.lent() == 0U);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(a_first_frame_that_is_not_complete_in_time_ends_the_connection) {
    over_every_transport(no_first_frame);
    over_every_transport(a_first_frame_that_drips);
}

BOOST_AUTO_TEST_CASE(a_frame_that_was_begun_and_is_not_complete_in_time_ends_the_connection) {
    over_every_transport(a_frame_cut_short);
    over_every_transport(a_later_frame_that_drips);
    over_every_transport(a_frame_to_be_dropped_that_drips);
}

BOOST_AUTO_TEST_CASE(good_frames_behind_a_false_mark_come_out_when_its_time_is_over) {
    over_every_transport(good_frames_behind_one_that_never_gets_whole);
}

BOOST_AUTO_TEST_CASE(garbage_without_a_frame_in_it_ends_the_connection_too) {
    over_every_transport(garbage_without_end);
}

BOOST_AUTO_TEST_CASE(silence_between_frames_ends_the_connection) { over_every_transport(silence); }

BOOST_AUTO_TEST_CASE(waits_that_are_broken_off_add_up_to_silence) { over_every_transport(silence_in_pieces); }

BOOST_AUTO_TEST_CASE(silence_is_not_idle_while_somebody_holds_it_and_counts_from_when_it_is_let_go) {
    over_every_transport(holding);
}

BOOST_AUTO_TEST_CASE(a_read_deadline_of_the_user_is_not_the_end_and_loses_nothing) {
    over_every_transport(a_deadline_of_the_user);
    over_every_transport(a_deadline_of_the_user_inside_a_frame);
}

BOOST_AUTO_TEST_CASE(a_peer_who_takes_nothing_is_stalled) {
    over_every_transport(a_peer_who_takes_nothing);
    over_every_transport(a_stall_while_much_else_happens);
}

BOOST_AUTO_TEST_CASE(a_write_deadline_of_the_user_ends_writing_where_a_frame_is_half_out_and_reading_goes_on) {
    over_every_transport(a_write_deadline_of_the_user);
    over_every_transport(a_write_deadline_between_frames);
    over_every_transport(a_write_deadline_for_a_flush_that_waits);
}

BOOST_AUTO_TEST_CASE(a_send_may_give_up_and_what_was_taken_before_still_arrives) {
    over_every_transport(a_send_that_gives_up);
}

BOOST_AUTO_TEST_CASE(finish_lets_a_slow_reader_have_everything) { over_every_transport(a_slow_reader_gets_everything); }

BOOST_AUTO_TEST_CASE(stop_reading_gives_what_has_arrived_and_then_stopping) {
    over_every_transport(stops_with_frames_in_hand);
    over_every_transport(stopping_wakes_a_reader);
    over_memory(stopping_reads_what_has_arrived);   // where written is arrived
}

BOOST_AUTO_TEST_CASE(stop_reading_reads_a_mebibyte_at_most) {
    over_memory(stopping_ends_though_the_peer_never_pauses, {.capacity = 8 * 1024 * 1024});
}

BOOST_AUTO_TEST_CASE(a_connection_that_waits_holds_no_buffer) {
    over_every_transport(who_waits_holds_no_buffer);
    over_every_transport(who_waits_for_the_rest);
    over_every_transport(what_is_written_holds_no_buffer);
}

BOOST_AUTO_TEST_CASE(a_destroyed_frame_stream_has_given_its_buffers_back) {
    over_every_transport(destroying_gives_everything_back);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
