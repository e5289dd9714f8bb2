#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/io/frame_stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using frame::any_codec;
using frame::length_field;
using namespace test;   // every word of a conversation

// A server as anybody would write it: answers each frame with itself, until the peer closes.
task<void> echo(transport carrier, frame_limits limits = {}) {
    frame_stream frames(std::move(carrier), any_codec(), limits);
    error_code error;
    while (!error) {
        const result<bytes> body = co_await frames.read_frame();
        if (!body) {
            error = body.error();
            break;
        }
        const result<void> sent = co_await frames.send(*body);
        if (!sent) error = sent.error();
    }
    BOOST_TEST(error == errc::end_of_stream, error.message());
    co_await frames.finish(linger);
    BOOST_TEST(frames.out().queued() == 0U);
    BOOST_TEST(frames.in().frames() == frames.out().frames());
}

// Conversations.

task<void> asks_one_by_one(transport carrier) {
    frame_stream frames(std::move(carrier), any_codec());
    for (const std::string& body : texts{"hello", "", std::string(200'000, 'x'), "bye"}) {
        co_await sends(frames, body);
        co_await expects_frame(frames, body);
    }
    BOOST_TEST(frames.in().frames() == 4U);
    BOOST_TEST(frames.out().frames() == 4U);
    BOOST_TEST(frames.in().position() == 4 * 4 + 5 + 200'000 + 3);
    co_await frames.finish(linger);
    BOOST_TEST(frames.failure() == errc::closed);
}

task<void> echo_conversation(transport ours, transport theirs) {
    co_await together(asks_one_by_one(std::move(ours)), echo(std::move(theirs)));
}

task<void> exact_echo_conversation(transport ours, transport theirs) {
    co_await together(asks_one_by_one(std::move(ours)), echo(std::move(theirs), {.fill = frame::fill::exact}));
}

task<void> asks_and_forgets(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec());
    co_await write_raw(client, framed("one") + framed("two"));
    co_await expects_frame(server, "one");
    static_cast<void>(server.read_frame());
    co_await expects_frame(server, "two");
    co_await server.finish(linger);
}

task<void> pipelines(transport carrier, texts bodies) {
    frame_stream frames(std::move(carrier), any_codec());
    co_await together(sends_all(frames, bodies), expects_frames(frames, bodies));
    co_await frames.finish(linger);
}

task<void> pipelined_conversation(transport ours, transport theirs) {
    co_await together(pipelines(std::move(ours), bodies_of_many_sizes(3000, 999)), echo(std::move(theirs)));
}

task<void> slow_pipelined_conversation(transport ours, transport theirs) {
    co_await together(pipelines(std::move(ours), bodies_of_many_sizes(60, 99)), echo(std::move(theirs)));
}

task<void> writes_and_half_closes(stream& to, std::string_view wire) {
    co_await write_raw(to, wire);
    to.close_write();
}

task<void> half_closes_after_many_frames(transport carrier, texts bodies) {
    stream raw(std::move(carrier));
    const std::string wire = framed(bodies);
    co_await together(writes_and_half_closes(raw, wire), expects_raw(raw, wire, errc::end_of_stream));
}

task<void> half_close_conversation(transport ours, transport theirs) {
    co_await together(half_closes_after_many_frames(std::move(ours), bodies_of_many_sizes(2000, 500)),
                      echo(std::move(theirs)));
}

task<void> small_half_close_conversation(transport ours, transport theirs) {
    co_await together(half_closes_after_many_frames(std::move(ours), bodies_of_many_sizes(30, 50)),
                      echo(std::move(theirs)));
}

task<void> closes_its_writing_half(transport carrier) {
    frame_stream frames(std::move(carrier), any_codec());
    const texts bodies = bodies_of_many_sizes(50, 100);
    co_await sends_all(frames, bodies);
    const result<void> closed = co_await frames.close_write();
    BOOST_TEST(closed.has_value());
    BOOST_TEST(frames.push(as_bytes("too late")) == errc::closed);
    co_await expects_frames(frames, bodies);
    co_await expects_error(frames, errc::end_of_stream);
    co_await expects_error(frames, errc::end_of_stream);
    co_await frames.finish(linger);
}

task<void> close_write_conversation(transport ours, transport theirs) {
    co_await together(closes_its_writing_half(std::move(ours)), echo(std::move(theirs)));
}

// Sending.

constexpr std::size_t small_frame = 4096;

frame_limits with_cap(std::size_t cap) { return {.outbound_cap = cap}; }

task<void> counts_what_it_sends(frame_stream& to, const texts& bodies, std::size_t& sent) {
    for (const std::string& body : bodies) {
        co_await sends(to, body);
        BOOST_TEST(to.out().queued() <= 2 * small_frame);
        ++sent;
    }
    const result<void> flushed = co_await to.flush();
    BOOST_TEST(flushed.has_value());
    BOOST_TEST(to.out().queued() == 0U);
}

task<void> sending_waits_at_the_cap(transport ours, transport theirs) {
    frame_stream sender(std::move(ours), length_field::prefix_self(4, small_frame), with_cap(2 * small_frame));
    stream reader(std::move(theirs));
    const texts bodies = bodies_of_many_sizes(3000, small_frame - 4);   // some megabytes: more than a kernel holds
    std::size_t sent = 0;
    group sending(sender.get_executor());
    sending.spawn(counts_what_it_sends(sender, bodies, sent));
    for (int turn = 0; turn < 100; ++turn) co_await yield();
    BOOST_TEST(sent > 0U);
    BOOST_TEST(sent < bodies.size());
    std::vector<std::byte> room(framed(bodies).size());
    const transferred got = co_await reader.read_exactly(room);
    BOOST_TEST(!got.error);
    BOOST_TEST((as_text(room) == framed(bodies)));
    co_await sending.join();
    BOOST_TEST(sent == bodies.size());
    reader.close();
    co_await sender.finish(linger);
}

task<void> one_of_many_senders(frame_stream& to, std::string name, int count) {
    for (int index = 0; index < count; ++index) {
        const std::string body = name + std::string(static_cast<std::size_t>(index % 50) * 20, '.') + ":" +
                                 std::to_string(index);
        co_await sends(to, body);
    }
}

task<void> expects_each_in_order(frame_stream& from, std::size_t senders, int count) {
    std::map<char, int> next;
    for (std::size_t total = 0; total < senders * static_cast<std::size_t>(count); ++total) {
        const result<bytes> body = co_await from.read_frame();
        BOOST_TEST_REQUIRE(body.has_value());
        const std::string_view text = as_text(*body);
        BOOST_TEST(text.substr(text.find(':') + 1) == std::to_string(next[text.front()]++));
    }
    BOOST_TEST(next.size() == senders);
}

task<void> many_senders(transport ours, transport theirs) {
    frame_stream sender(std::move(ours), length_field::prefix_self(4, small_frame), with_cap(small_frame));
    frame_stream reader(std::move(theirs), length_field::prefix_self(4, small_frame));
    constexpr int each = 300;
    co_await together(one_of_many_senders(sender, "a", each), one_of_many_senders(sender, "b", each),
                      one_of_many_senders(sender, "c", each), one_of_many_senders(sender, "d", each),
                      one_of_many_senders(sender, "e", each), expects_each_in_order(reader, 5, each));
    co_await together(sender.finish(linger), reader.finish(linger));
}

// A short frame would fit long before a long one that came first.
task<void> senders_wait_in_turn(transport ours, transport theirs) {
    frame_stream sender(std::move(ours), length_field::prefix_self(4, small_frame), with_cap(small_frame));
    stream reader(std::move(theirs));
    std::string wire;
    const std::string filling(396, 'f');
    while (!sender.push(as_bytes(filling))) wire += framed(filling);
    const std::string first(3000, '1'), second(10, '2');
    group sending(sender.get_executor());
    sending.spawn(sends(sender, first));
    sending.spawn(sends(sender, second));
    wire += framed(first) + framed(second);
    std::string got;
    std::array<std::byte, 100> room{};
    while (got.size() < wire.size()) {
        const bool first_waits = sending.running() == 2;
        if (first_waits) BOOST_TEST(sender.push(as_bytes("3")) == errc::outbox_full);
        const result<std::size_t> count = co_await reader.read_some(room);
        BOOST_TEST_REQUIRE(count.has_value());
        got += as_text(bytes(room).first(*count));
        co_await yield();
    }
    BOOST_TEST((got == wire));
    co_await sending.join();
    reader.close();
    co_await sender.finish(linger);
}

task<void> sends_until_it_cannot(frame_stream& to, error_code& end) {
    const std::string body(small_frame - 4, 'x');
    while (!end) {
        const result<void> sent = co_await to.send(as_bytes(body));
        if (!sent) end = sent.error();
    }
}

task<void> reads_to_the_end(stream& from, error_code& end) {
    static_cast<void>(co_await read_raw_to_the_end(from, end));
}

// Whoever destroys the stream when finish() has returned must not do so under somebody who waits for room in it.
task<void> finish_returns_after_every_sender(transport ours, transport theirs) {
    stream peer(std::move(theirs));
    auto frames = std::make_unique<frame_stream>(std::move(ours), length_field::prefix_self(4, small_frame),
                                                 with_cap(small_frame));
    group sending(peer.get_executor());
    std::array<error_code, 3> ends;
    for (error_code& end : ends) sending.spawn(sends_until_it_cannot(*frames, end));
    for (int turn = 0; turn < 100; ++turn) co_await yield();
    BOOST_TEST(sending.running() == ends.size());
    group reading(peer.get_executor());
    error_code end;
    reading.spawn(reads_to_the_end(peer, end));
    co_await frames->finish(0s);
    BOOST_TEST(sending.running() == 0U);
    frames.reset();
    co_await sending.join();
    for (const error_code& each : ends) BOOST_TEST(each == errc::closed, each.message());
    co_await reading.join();
}

task<void> sends_a_last_frame_and_finishes(transport carrier) {
    frame_stream frames(std::move(carrier), any_codec());
    co_await expects_frame(frames, "question");
    BOOST_TEST(!frames.push(as_bytes("last answer")));
    co_await frames.finish(linger);
}

task<void> talks_on_and_reads_later(transport carrier) {
    stream raw(std::move(carrier));
    co_await write_raw(raw, framed("question") + std::string(100'000, 'x'));   // nobody will read the rest
    for (int turn = 0; turn < 50; ++turn) co_await yield();
    std::array<std::byte, 15> answer{};
    const transferred got = co_await raw.read_exactly(answer);
    BOOST_TEST(!got.error, got.error.message());
    BOOST_TEST(as_text(answer) == framed("last answer"));
    co_await expects_raw(raw, "", errc::end_of_stream);
}

task<void> a_last_frame_arrives(transport ours, transport theirs) {
    co_await together(talks_on_and_reads_later(std::move(ours)), sends_a_last_frame_and_finishes(std::move(theirs)));
}

task<void> finishing_does_not_wait_for_a_peer_who_never_closes(transport ours, transport theirs) {
    const stream silent(std::move(ours));
    frame_stream frames(std::move(theirs), any_codec());
    const time_point start = clock::now();
    co_await frames.finish(3ms);
    BOOST_TEST((clock::now() >= start + 3ms));
    BOOST_TEST((clock::now() < start + linger));
}

// Breaches.

task<void> rejects_after_a_good_frame(transport carrier, errc why, std::uint64_t where) {
    frame_stream frames(std::move(carrier), length_field::prefix_self(4, 1000));
    co_await expects_frame(frames, "good");
    BOOST_TEST(!frames.push(as_bytes("answer to good")));
    co_await expects_error(frames, why);
    co_await expects_error(frames, why);
    BOOST_TEST(frames.failure() == why);
    BOOST_TEST(frames.in().position() == where);
    BOOST_TEST(!frames.in().unread().empty());
    BOOST_TEST(frames.push(as_bytes("no more")) == why);
    co_await frames.finish(linger);
}

task<void> sends_wire_and_expects_only_the_answer(transport carrier, std::string wire) {
    stream raw(std::move(carrier));
    co_await write_raw(raw, wire);
    co_await expects_raw(raw, framed("answer to good"), errc::end_of_stream);
}

task<void> a_length_too_short(transport ours, transport theirs) {
    co_await together(sends_wire_and_expects_only_the_answer(std::move(ours), framed("good") + std::string(4, '\0')),
                      rejects_after_a_good_frame(std::move(theirs), errc::too_short, 8));
}

task<void> a_length_too_long(transport ours, transport theirs) {
    co_await together(sends_wire_and_expects_only_the_answer(std::move(ours), framed("good") + "\x7f\xff\xff\xff"),
                      rejects_after_a_good_frame(std::move(theirs), errc::too_long, 8));
}

task<void> sends_wire_and_half_closes(transport carrier, std::string wire) {
    stream raw(std::move(carrier));
    co_await write_raw(raw, wire);
    raw.close_write();
    co_await expects_raw(raw, framed("answer to good"), errc::end_of_stream);
}

task<void> an_end_inside_a_frame(transport ours, transport theirs) {
    co_await together(sends_wire_and_half_closes(std::move(ours), framed("good") + framed("cut").substr(0, 5)),
                      rejects_after_a_good_frame(std::move(theirs), errc::truncated, 8));
}

// Closing and failing.

task<void> expects_send_error(frame_stream& to, std::string_view body, error_code right) {
    const result<void> sent = co_await to.send(as_bytes(body));
    BOOST_TEST(sent.has_error());
    if (!sent) BOOST_TEST(sent.error() == right, sent.error().message());
}

task<void> expects_flush_error(frame_stream& of, error_code right) {
    const result<void> flushed = co_await of.flush();
    BOOST_TEST(flushed.has_error());
    if (!flushed) BOOST_TEST(flushed.error() == right, flushed.error().message());
}

task<void> fails_soon(frame_stream& which, error_code why) {
    for (int turn = 0; turn < 20; ++turn) co_await yield();
    which.fail(why);
}

// Fills everything between the ends, so that whoever sends or flushes now has to wait.
task<void> fill_up(frame_stream& to, std::string_view body) {
    for (error_code error; error != errc::outbox_full; error = to.push(as_bytes(body))) co_await yield();
}

task<void> failing_wakes_everyone(transport ours, transport theirs) {
    const stream peer(std::move(ours));
    frame_stream frames(std::move(theirs), length_field::prefix_self(4, small_frame), with_cap(small_frame));
    const std::string body(small_frame - 4, 'x');
    co_await fill_up(frames, body);
    const error_code why = asio::error::network_reset;
    co_await together(expects_error(frames, why), expects_send_error(frames, body, why),
                      expects_send_error(frames, body, why), expects_flush_error(frames, why), fails_soon(frames, why));
    BOOST_TEST(frames.failure() == why);
    BOOST_TEST(frames.out().queued() == 0U);
    frames.fail(errc::closed);
    frames.fail(hawser::errc::closed);
    BOOST_TEST(frames.failure() == why);   // the first one stays
    co_await together(expects_error(frames, why), expects_send_error(frames, "x", why),
                      expects_flush_error(frames, why));
    BOOST_TEST(frames.push(as_bytes("x")) == why);
    co_await frames.finish(linger);
}

task<void> closing_wakes_a_reader(transport ours, transport theirs) {
    const stream peer(std::move(ours));
    frame_stream frames(std::move(theirs), any_codec());
    co_await together(expects_error(frames, errc::closed), fails_soon(frames, errc::closed));
    co_await frames.finish(linger);
}

task<void> a_second_reader_is_misuse(transport ours, transport theirs) {
    const stream peer(std::move(ours));
    frame_stream frames(std::move(theirs), any_codec());
    co_await together(expects_error(frames, errc::concurrent_read), expects_error(frames, errc::concurrent_read));
    co_await frames.finish(linger);
}

task<void> ends_in_turns(frame_stream& frames, std::vector<std::string>& order) {
    frames.fail(hawser::errc::closed);
    static_cast<void>(co_await frames.others_turn());
    order.emplace_back("a turn");
    static_cast<void>(co_await frames.others_turn());
    order.emplace_back("another");
}

task<void> reads_to_the_end(frame_stream& frames, std::vector<std::string>& order) {
    co_await expects_error(frames, errc::closed);
    order.emplace_back("the end");
}

// As somebody of the user's may, who was forgotten.
task<void> a_turn_while_another_reads(transport ours, transport theirs) {
    const stream peer(std::move(ours));
    frame_stream frames(std::move(theirs), any_codec());
    std::vector<std::string> order;
    co_await together(reads_to_the_end(frames, order), ends_in_turns(frames, order));
    BOOST_TEST(order == (std::vector<std::string>{"the end", "a turn", "another"}), boost::test_tools::per_element());
    co_await frames.finish(linger);
}

task<void> expects_broken_read(frame_stream& from) {
    const result<bytes> body = co_await from.read_frame();
    BOOST_TEST(body.has_error());
    if (!body) BOOST_TEST(body.error() == condition::broken, body.error().message());
}

task<void> expects_broken_send(frame_stream& to, std::string_view body) {
    const result<void> sent = co_await to.send(as_bytes(body));
    BOOST_TEST(sent.has_error());
    if (!sent) BOOST_TEST(sent.error() == condition::broken, sent.error().message());
}

task<void> resets_soon(stream& which) {
    for (int turn = 0; turn < 20; ++turn) co_await yield();
    which.close();   // with unread input: a reset
}

task<void> a_reset_breaks_both_directions(transport ours, transport theirs) {
    stream peer(std::move(ours));
    frame_stream frames(std::move(theirs), any_codec());
    BOOST_TEST(!frames.push(as_bytes("never read")));
    co_await together(resets_soon(peer), expects_broken_read(frames));
    BOOST_TEST(frames.failure() == condition::broken);
    co_await expects_send_error(frames, "x", frames.failure());
    co_await frames.finish(linger);
}

// The peer's end is not what went wrong: that its answers could not be written is.
task<void> a_write_that_fails_after_the_end_is_the_failure(transport ours, transport theirs) {
    stream peer(std::move(ours));
    frame_stream frames(std::move(theirs), length_field::prefix_self(4, small_frame), with_cap(small_frame));
    peer.close_write();
    co_await expects_error(frames, errc::end_of_stream);
    BOOST_TEST(frames.failure() == errc::end_of_stream);
    const std::string body(small_frame - 4, 'x');
    co_await fill_up(frames, body);
    co_await together(resets_soon(peer), expects_broken_send(frames, body));
    BOOST_TEST(frames.failure() == condition::broken, frames.failure().message());
    co_await frames.finish(linger);
}

task<void> closing_after_the_end_is_no_failure(transport ours, transport theirs) {
    stream peer(std::move(ours));
    frame_stream frames(std::move(theirs), any_codec());
    peer.close_write();
    co_await expects_error(frames, errc::end_of_stream);
    frames.fail(hawser::errc::closed);
    BOOST_TEST(frames.failure() == errc::end_of_stream);
    co_await expects_send_error(frames, "x", errc::closed);
    co_await frames.finish(linger);
}

task<void> closing_after_the_end_wakes_a_sender(transport ours, transport theirs) {
    stream peer(std::move(ours));
    frame_stream frames(std::move(theirs), length_field::prefix_self(4, small_frame), with_cap(small_frame));
    peer.close_write();
    co_await expects_error(frames, errc::end_of_stream);
    const std::string body(small_frame - 4, 'x');
    co_await fill_up(frames, body);
    co_await together(expects_send_error(frames, body, errc::closed), expects_flush_error(frames, errc::closed),
                      fails_soon(frames, errc::closed));
    co_await frames.finish(linger);
}

task<void> refused_bodies_do_no_harm(transport ours, transport theirs) {
    frame_stream sender(std::move(ours), length_field::prefix_self(4, 10));
    frame_stream reader(std::move(theirs), length_field::prefix_self(4, 10));
    BOOST_TEST(sender.push(as_bytes("1234567")) == errc::too_long);
    co_await expects_send_error(sender, "12345678901234567890", errc::too_long);
    co_await sends(sender, "123456");
    co_await expects_frame(reader, "123456");
    BOOST_TEST(sender.out().frames() == 1U);
    co_await together(sender.finish(linger), reader.finish(linger));
}

task<void> pushes_in_one_turn(frame_stream& to, int count) {
    for (int index = 0; index < count; ++index) co_await sends(to, "one of many");
    BOOST_TEST(to.out().queued() == static_cast<std::size_t>(count) * framed("one of many").size());
}

}   // namespace

// Each connection has one, and a malloc of a little more would round up: see docs/decisions/session-size.md.
static_assert(sizeof(void*) != 8 || sizeof(frame_stream) <= 512);

BOOST_AUTO_TEST_SUITE(frame_streams)

BOOST_AUTO_TEST_CASE(frames_are_echoed_one_by_one) {
    over_every_transport(echo_conversation);
    over_every_transport(exact_echo_conversation);
}

BOOST_AUTO_TEST_CASE(a_read_that_nobody_awaits_takes_no_frame) { over_every_transport(asks_and_forgets); }

BOOST_AUTO_TEST_CASE(frames_are_pipelined) { over_every_transport(pipelined_conversation); }

BOOST_AUTO_TEST_CASE(many_frames_in_one_write_are_all_answered_after_a_half_close) {
    over_every_transport(half_close_conversation);
}

BOOST_AUTO_TEST_CASE(a_frame_stream_can_close_its_writing_half_and_read_on) {
    over_every_transport(close_write_conversation);
}

BOOST_AUTO_TEST_CASE(conversations_are_the_same_whatever_the_pieces_and_however_small_the_buffers) {
    for (const memory_options& each :
         {memory_options{.most_a_read = 1}, memory_options{.most_a_write = 1}, memory_options{.capacity = 7},
          memory_options{.capacity = 1}, memory_options{.capacity = 100, .most_a_read = 3, .most_a_write = 5}}) {
        for (const conversation talk :
             {slow_pipelined_conversation, small_half_close_conversation, close_write_conversation}) {
            over_memory(talk, each, each);
            over_memory(talk, each, {});
            over_memory(talk, {}, each);
        }
    }
}

BOOST_AUTO_TEST_CASE(send_waits_at_the_cap_and_goes_on_when_the_peer_reads) {
    over_every_transport(sending_waits_at_the_cap);
}

BOOST_AUTO_TEST_CASE(frames_of_many_senders_never_mix_and_keep_the_order_of_each) {
    over_every_transport(many_senders);
    over_memory(many_senders, {.capacity = 1000, .most_a_write = 100}, {.most_a_read = 64});
}

BOOST_AUTO_TEST_CASE(who_waits_for_room_gets_it_in_turn_also_if_something_shorter_would_fit) {
    over_memory(senders_wait_in_turn, {.capacity = 500});
}

BOOST_AUTO_TEST_CASE(finish_returns_when_nobody_waits_for_room_any_more) {
    over_every_transport(finish_returns_after_every_sender);
}

BOOST_AUTO_TEST_CASE(what_is_sent_in_one_turn_leaves_in_one_write) {
    asio::io_context context;
    const executor here = context.get_executor();
    // A second write of the sender would fail.
    auto [one, other] = memory_pair(here, here, {.fail_at = 2, .failure = asio::error::network_reset});
    frame_stream sender(std::move(one), any_codec()), reader(std::move(other), any_codec());
    test::run(context, pushes_in_one_turn(sender, 100));
    settle(context);
    BOOST_TEST(sender.out().queued() == 0U);
    test::run(context, expects_frames(reader, texts(100, "one of many")));
    BOOST_TEST(!sender.failure());
    sender.close();
    test::run(context, sender.finish(linger));
    test::run(context, reader.finish(linger));
}

BOOST_AUTO_TEST_CASE(a_last_frame_arrives_though_the_peer_had_sent_what_nobody_read) {
    over_every_transport(a_last_frame_arrives);
}

BOOST_AUTO_TEST_CASE(finish_waits_no_longer_than_its_linger) {
    over_every_transport(finishing_does_not_wait_for_a_peer_who_never_closes);
}

BOOST_AUTO_TEST_CASE(a_breach_ends_the_stream_without_a_word_about_it_and_after_earlier_answers) {
    over_every_transport(a_length_too_short);
    over_every_transport(a_length_too_long);
    over_every_transport(an_end_inside_a_frame);
}

BOOST_AUTO_TEST_CASE(fail_wakes_everyone_and_every_call_gives_the_first_error_again) {
    over_every_transport(failing_wakes_everyone);
    over_every_transport(closing_wakes_a_reader);
}

BOOST_AUTO_TEST_CASE(whoever_takes_a_turn_while_another_reads_goes_on_behind_it) {
    over_every_transport(a_turn_while_another_reads);
}

BOOST_AUTO_TEST_CASE(a_second_reader_is_concurrent_read) { over_every_transport(a_second_reader_is_misuse); }
BOOST_AUTO_TEST_CASE(a_reset_is_broken_for_reader_and_sender) { over_every_transport(a_reset_breaks_both_directions); }

BOOST_AUTO_TEST_CASE(what_fails_after_the_end_of_the_peer_is_the_failure_and_our_own_close_is_not) {
    over_every_transport(a_write_that_fails_after_the_end_is_the_failure);
    over_every_transport(closing_after_the_end_is_no_failure);
    over_every_transport(closing_after_the_end_wakes_a_sender);
}

BOOST_AUTO_TEST_CASE(a_body_that_can_never_be_sent_is_refused_and_the_stream_goes_on) {
    over_every_transport(refused_bodies_do_no_harm);
}

BOOST_AUTO_TEST_CASE(a_conversation_that_goes_down_with_its_context_does_no_harm) {
    for (int steps = 0; steps < 60; ++steps) {
        asio::io_context context;
        auto [one, other] = memory_pair(context.get_executor(), context.get_executor(), {.most_a_read = 5});
        asio::co_spawn(context, slow_pipelined_conversation(std::move(one), std::move(other)),
                       [](std::exception_ptr) { BOOST_ERROR("it was not to end"); });
        for (int step = 0; step < steps; ++step) context.poll_one();
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
