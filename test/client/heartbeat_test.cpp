// Pings, hello and go_away of a client of one connection, against a server that the test plays itself, over memory.
#include "support/played_server.hpp"

#include <hawser/client.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

using namespace hawser;
using namespace std::chrono_literals;
using test::conversation;
using test::hear;
using test::say;
using result_of_submit = result<client::answer<packet::submit_ack>>;

namespace {

io::task<void> close_both(conversation& of) {
    io::group both(co_await io::this_executor);
    both.spawn(of.client->close());
    both.spawn(of.server.finish(0s));
    co_await both.join();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(client_heartbeats)

io::task<void> ask_who_is_gone(conversation& of) {
    const result_of_submit got = co_await of.client->request(packet::submit{}, 1h);
    BOOST_TEST(got.error() == make_error_code(client::errc::heartbeat_lost));
    BOOST_TEST((got.error() == condition::timeout));
    const result_of_submit later = co_await of.client->request(packet::submit{}, 1h);
    BOOST_TEST(later.error() == make_error_code(client::errc::heartbeat_lost));
    co_await of.server.finish(0s);
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_and_answers_no_ping_is_lost) {
    conversation all({.ping_interval = 10ms});
    all.run(ask_who_is_gone(all));
}

io::task<void> answer_some_pings(conversation& of) {
    packet::id before{};
    for (int i = 0; i < 5; ++i) {
        const packet::ping asked = co_await hear<packet::ping>(of.server);
        BOOST_TEST((asked.id > before));
        before = asked.id;
        co_await say(of.server, packet::pong{asked.id});
    }
    static_cast<void>(co_await hear<packet::ping>(of.server));   // so the last pong has been heard
    BOOST_TEST((of.client->round_trip().last > 0s));
    BOOST_TEST((of.client->round_trip().smoothed > 0s));
    BOOST_TEST(of.client->late_answers() == 0U);
    co_await close_both(of);
}

BOOST_AUTO_TEST_CASE(a_server_that_answers_pings_stays_and_its_round_trips_are_measured) {
    conversation all({.ping_interval = 10ms, .ping_misses = 200});
    all.run(answer_some_pings(all));
}

io::task<void> talk_for(conversation& of, io::duration how_long) {
    const io::time_point end = io::clock::now() + how_long;
    while (io::clock::now() < end) {
        co_await say(of.server, packet::go_away{});
        co_await io::sleep(5ms);
    }
    BOOST_TEST(of.client->dropped() > 0U);
    const result<byte_buffer> told = co_await of.client->next();
    BOOST_TEST(told.has_value());
    co_await close_both(of);
}

BOOST_AUTO_TEST_CASE(a_server_that_talks_but_answers_no_ping_is_not_lost) {
    conversation all({.inbox = 2, .ping_interval = 5ms, .ping_misses = 100});   // half a second of silence
    all.run(talk_for(all, 1s));
}

const std::string four_kilobytes(4096, 'x');

io::task<void> send_much(client::client& from, int count) {
    for (int number = 0; number < count; ++number) {
        const packet::submit made{{}, as_bytes(four_kilobytes)};
        const result<void> sent = co_await from.send(made);
        BOOST_TEST(sent.has_value());
    }
}

io::task<void> read_slowly(conversation& of) {
    constexpr int count = 200;
    io::group sending(co_await io::this_executor);
    sending.spawn(send_much(*of.client, count));
    for (int heard = 0; heard < count;) {
        const result<bytes> body = co_await of.server.read_frame();
        if (!body) throw boost::system::system_error(body.error());
        if (body->size() > four_kilobytes.size()) ++heard;   // pings are not answered
        co_await io::sleep(5ms);
    }
    co_await sending.join();
    co_await close_both(of);
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_slowly_what_lies_ahead_of_a_ping_is_not_lost) {
    conversation all({.ping_interval = 100ms, .ping_misses = 3});   // it takes a second
    all.run(read_slowly(all));
}

io::task<void> say_hello_and_be_heard(conversation& of) {
    io::group one(co_await io::this_executor);
    struct greets {
        static io::task<void> now(conversation& in, error_code& failed) {
            const result<void> done = co_await in.client->hello();
            failed = done ? error_code() : done.error();
        }
    };
    for (const packet::outcome says : {packet::outcome::ok, packet::outcome::error}) {
        error_code failed;
        one.spawn(greets::now(of, failed));
        const packet::conn asked = co_await hear<packet::conn>(of.server);
        BOOST_TEST(as_text(asked.payload) == "hawser/1");
        co_await say(of.server, packet::conn_ack{asked.id, says});
        co_await one.join();
        BOOST_TEST(failed == (says == packet::outcome::ok ? error_code() : make_error_code(client::errc::refused)));
    }
    co_await close_both(of);
}

BOOST_AUTO_TEST_CASE(a_hello_is_a_conn_that_the_server_may_refuse) {
    conversation all;
    all.run(say_hello_and_be_heard(all));
}

io::task<void> ping_by_hand(conversation& of) {
    struct asks {
        static io::task<void> once(conversation& in) {
            const auto pong = co_await in.client->request(packet::ping{}, 1h);
            BOOST_TEST(pong.has_value());
        }
    };
    io::group one(co_await io::this_executor);
    one.spawn(asks::once(of));
    const packet::ping asked = co_await hear<packet::ping>(of.server);
    co_await say(of.server, packet::pong{asked.id});
    co_await one.join();
    BOOST_TEST((of.client->round_trip().last == 0s));   // who asks by other means measures by other means
    co_await close_both(of);
}

BOOST_AUTO_TEST_CASE(a_ping_may_be_a_request_too) {
    conversation all;
    all.run(ping_by_hand(all));
}

BOOST_AUTO_TEST_CASE(pings_in_a_protocol_that_has_none_are_refused_at_the_start) {
    struct bare : packet::protocol<packet::submit, packet::submit_ack> {};
    io::asio::io_context context;
    auto ends = io::memory_pair(context.get_executor(), context.get_executor());
    const client::options wrong{.speaks = bare{}, .ping_interval = 1s};
    BOOST_CHECK_THROW(client::client::over(std::move(ends.first), wrong), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
