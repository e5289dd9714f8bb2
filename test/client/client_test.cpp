// A client against a server that the test plays itself, over memory.
#include <hawser/client.hpp>
#include <hawser/client/code_name.hpp>
#include <hawser/io/frame_stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;
using result_of_submit = result<client::answer<packet::submit_ack>>;

namespace {

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

// The two ends, and the server's as frames.
struct pair {
    template <class... Tasks>
    void run(Tasks... tasks) {
        (io::asio::co_spawn(context.get_executor(), std::move(tasks), rethrow), ...);
        context.run_for(20s);
        BOOST_TEST(context.stopped());   // nothing hangs
    }

    io::asio::io_context context{1};
    std::pair<io::memory_end, io::memory_end> ends = io::memory_pair(context.get_executor(), context.get_executor());
    std::optional<client::client> client = client::client::over(std::move(ends.first), {.inbox = 2});
    io::frame_stream server{std::move(ends.second), frame::any_codec()};
};

template <packet::packet Packet>
std::string body_of(const Packet& made) {
    byte_buffer body;
    if (const error_code error = packet::encode(made, body)) throw boost::system::system_error(error);
    return std::string(as_text(body.view()));
}

// Packets of no protocol that the client was told of.
struct news {
    static constexpr packet::command<std::uint8_t> code{0x51};
    packet::rest text;   // and no id
};
BOOST_DESCRIBE_STRUCT(news, (), (text))

struct asks_news {
    static constexpr packet::command<std::uint8_t> code{0x50};
    using reply = news;
};
BOOST_DESCRIBE_STRUCT(asks_news, (), ())

struct newspapers : packet::protocol<asks_news, news> {};

struct wide_ack {
    static constexpr packet::command<boost::endian::big_uint16_t> code{0x81};
    packet::id id;
};
BOOST_DESCRIBE_STRUCT(wide_ack, (), (id))

struct wide {
    static constexpr packet::command<boost::endian::big_uint16_t> code{0x01};
    using reply = wide_ack;
    packet::id id;
};
BOOST_DESCRIBE_STRUCT(wide, (), (id))

io::task<void> say(pair& world, std::string body) {
    const result<void> sent = co_await world.server.send(as_bytes(body));
    BOOST_TEST(!!sent);
}

io::task<void> submit(pair& world, std::string payload, io::duration timeout, result_of_submit& into) {
    into = co_await world.client->request(packet::submit{{}, as_bytes(payload)}, timeout);
}

result_of_submit nothing_yet() { return boost::system::errc::make_error_code(boost::system::errc::state_not_recoverable); }

io::task<packet::submit> hear_submit(pair& world) {
    const result<bytes> body = co_await world.server.read_frame();
    if (!body) throw boost::system::system_error(body.error());
    co_return packet::decode_as<packet::submit>(*body).value();
}

// Reads two submits, answers the second first, then the first.
io::task<void> answer_in_reverse(pair& world) {
    const packet::id first = (co_await hear_submit(world)).id;
    const packet::id second = (co_await hear_submit(world)).id;
    co_await say(world, body_of(packet::submit_ack{second, packet::outcome::error}));
    co_await say(world, body_of(packet::submit_ack{first, packet::outcome::ok}));
    const result<bytes> end = co_await world.server.read_frame();
    BOOST_TEST(end.error() == make_error_code(errc::end_of_stream));
    co_await world.server.finish(0s);
}

io::task<void> two_at_once(pair& world, result_of_submit& first, result_of_submit& second) {
    io::group both(world.context.get_executor());
    both.spawn(submit(world, "first", 10s, first));
    both.spawn(submit(world, "second", 10s, second));
    co_await both.join();
    co_await world.client->close();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clients)

BOOST_AUTO_TEST_CASE(answers_are_matched_by_id_whatever_their_order) {
    pair world;
    result_of_submit first = nothing_yet();
    result_of_submit second = nothing_yet();
    world.run(two_at_once(world, first, second), answer_in_reverse(world));
    BOOST_TEST((first.value().result == packet::outcome::ok));
    BOOST_TEST((first.value().id == packet::serial::from_number(1)));
    BOOST_TEST((second.value().result == packet::outcome::error));
}

io::task<void> close_half_and_wait(pair& world, result_of_submit& into) {
    io::group asking(world.context.get_executor());
    asking.spawn(submit(world, "last", 10s, into));
    co_await io::sleep(1ms);   // it has been sent
    const result<void> closed = co_await world.client->close_write();
    BOOST_TEST(!!closed);
    result_of_submit late = nothing_yet();
    co_await submit(world, "too late", 10s, late);
    BOOST_TEST(late.error() == make_error_code(errc::closed));
    co_await asking.join();
    co_await world.client->close();
}

io::task<void> answer_after_the_end(pair& world) {
    const packet::id asked = (co_await hear_submit(world)).id;
    const result<bytes> end = co_await world.server.read_frame();
    BOOST_TEST(end.error() == make_error_code(errc::end_of_stream));
    co_await say(world, body_of(packet::submit_ack{asked, packet::outcome::ok}));
    co_await world.server.finish(0s);
}

BOOST_AUTO_TEST_CASE(a_client_that_closes_its_sending_half_still_gets_its_answers) {
    pair world;
    result_of_submit answer = nothing_yet();
    world.run(close_half_and_wait(world, answer), answer_after_the_end(world));
    BOOST_TEST((answer.value().result == packet::outcome::ok));
}

io::task<void> give_up_then_ask_again(pair& world, result_of_submit& first, result_of_submit& second) {
    co_await submit(world, "slow", 1ms, first);
    co_await submit(world, "fast", 10s, second);
    BOOST_TEST(world.client->late_answers() == 1U);
    co_await world.client->close();
}

io::task<void> answer_late(pair& world) {
    const packet::id first = (co_await hear_submit(world)).id;
    const packet::id second = (co_await hear_submit(world)).id;
    co_await say(world, body_of(packet::submit_ack{first, packet::outcome::ok}));
    co_await say(world, body_of(packet::submit_ack{second, packet::outcome::ok}));
    static_cast<void>(co_await world.server.read_frame());
    co_await world.server.finish(0s);
}

BOOST_AUTO_TEST_CASE(a_request_has_its_own_deadline_and_a_late_answer_is_counted_and_harms_nobody) {
    pair world;
    result_of_submit first = nothing_yet();
    result_of_submit second = nothing_yet();
    world.run(give_up_then_ask_again(world, first, second), answer_late(world));
    BOOST_TEST(first.error() == make_error_code(client::errc::request_timeout));
    BOOST_TEST(second.has_value());
}

io::task<void> break_off(pair& world) {
    static_cast<void>(co_await hear_submit(world));
    world.server.close();
    co_await world.server.finish(0s);
}

io::task<void> submit_and_close(pair& world, result_of_submit& into) {
    co_await submit(world, "x", 10s, into);
    co_await world.client->close();
    result_of_submit after = nothing_yet();
    co_await submit(world, "too late", 10s, after);
    BOOST_TEST(after.has_error());
}

BOOST_AUTO_TEST_CASE(requests_under_way_fail_when_the_connection_ends_and_so_do_later_ones) {
    pair world;
    result_of_submit got = nothing_yet();
    world.run(submit_and_close(world, got), break_off(world));
    BOOST_TEST((got.error() == condition::ended));
}

io::task<void> take_pushes(pair& world, std::vector<std::string>& into) {
    for (int i = 0; i < 2; ++i) {
        const result<byte_buffer> body = co_await world.client->next();
        into.emplace_back(as_text(body.value().view()));
    }
    BOOST_TEST(world.client->dropped() == 1U);
    co_await world.client->close();
}

io::task<void> push_three_and_ping(pair& world) {
    for (const char* text : {"\x70" "00000000one", "\x70" "00000000two", "\x70" "00000000six"}) co_await say(world, text);
    co_await say(world, body_of(packet::ping{packet::serial::from_number(5)}));
    const result<bytes> pong = co_await world.server.read_frame();
    BOOST_TEST(as_text(pong.value()) == body_of(packet::pong{packet::serial::from_number(5)}));
    static_cast<void>(co_await world.server.read_frame());
    co_await world.server.finish(0s);
}

io::task<void> later(io::task<void> what) {
    co_await io::sleep(5ms);
    co_await std::move(what);
}

BOOST_AUTO_TEST_CASE(pushes_wait_in_a_bounded_inbox_and_pings_are_answered) {
    pair world;
    std::vector<std::string> got;
    world.run(push_three_and_ping(world), later(take_pushes(world, got)));
    BOOST_TEST(got.size() == 2U);
    BOOST_TEST(got.front() == "\x70" "00000000one");
}

io::task<void> submit_again(pair& world, error_code& into) {
    const packet::submit again{packet::serial::from_number(1), as_bytes("y")};
    const result_of_submit got = co_await world.client->request(again, 10s);
    into = got.error();
}

io::task<void> end_after(pair& world, io::duration how_long) {
    co_await io::sleep(how_long);
    world.client.reset();
    co_await world.server.finish(0s);
}

BOOST_AUTO_TEST_CASE(a_request_with_an_id_that_is_under_way_is_refused) {
    pair world;
    result_of_submit first = nothing_yet();
    error_code second;
    world.run(submit(world, "x", 50ms, first), submit_again(world, second), end_after(world, 100ms));
    BOOST_TEST(second == make_error_code(client::errc::id_in_flight));
    BOOST_TEST(first.error() == make_error_code(client::errc::request_timeout));
}

io::task<void> ask_a_server_that_reads_nothing(pair& world, result_of_submit& got, io::duration& took) {
    const io::time_point before = io::clock::now();
    const std::string large(900'000, 'x');
    result_of_submit first = nothing_yet();
    io::group others(world.context.get_executor());
    others.spawn(submit(world, large, 10ms, first));
    co_await submit(world, large, 20ms, got);
    took = io::clock::now() - before;
    co_await others.join();
    world.client.reset();
    co_await world.server.finish(0s);
}

BOOST_AUTO_TEST_CASE(a_request_that_finds_no_room_keeps_its_deadline) {
    pair world;
    result_of_submit got = nothing_yet();
    io::duration took{};
    world.run(ask_a_server_that_reads_nothing(world, got, took));
    BOOST_TEST(got.error() == make_error_code(client::errc::request_timeout));
    BOOST_TEST((took < 10s));   // and not the stall time-out of half a minute
}

BOOST_AUTO_TEST_CASE(a_client_may_go_down_with_its_io_context_in_the_middle_of_a_request) {
    result_of_submit got = nothing_yet();
    pair world;
    io::asio::co_spawn(world.context.get_executor(), submit(world, "x", 10s, got), rethrow);
    world.context.run_for(10ms);
    BOOST_TEST(got.has_error());
}

BOOST_AUTO_TEST_CASE(code_names_come_from_their_seed) {
    std::mt19937_64 one(42);
    std::mt19937_64 same(42);
    const std::string name = client::code_name(one);
    BOOST_TEST(name == client::code_name(same));
    BOOST_TEST(name != client::code_name(one));
    BOOST_TEST(std::count(name.begin(), name.end(), '-') == 2);
    const client::payload_source source(100, one);
    BOOST_TEST(source.next(one).size() == 100U);
}

BOOST_AUTO_TEST_CASE(a_request_of_another_protocol_is_refused_at_once) {
    struct asks {
        static io::task<void> wide_one(pair& world) {
            const wide made{};
            const auto answer = co_await world.client->request(made);
            BOOST_TEST(answer.error() == make_error_code(client::errc::other_protocol));
            world.client.reset();
        }
    };
    pair world;
    world.run(asks::wide_one(world));
}

BOOST_AUTO_TEST_CASE(an_answer_without_an_id_waits_for_next) {
    struct asks {
        static io::task<void> news_of(pair& world) {
            const asks_news request{};
            const auto sent = co_await world.client->send(request);
            BOOST_TEST(!!sent);
            const auto body = co_await world.client->next();
            BOOST_TEST_REQUIRE(!!body);
            const auto read = packet::decode_as<news>(body->view());
            BOOST_TEST_REQUIRE(!!read);
            BOOST_TEST(as_text(read->text) == "peace");
            BOOST_TEST(world.client->late_answers() == 0U);
            world.client.reset();
        }
        static io::task<void> tells(io::frame_stream& server) {
            const auto asked = co_await server.read_frame();
            BOOST_TEST(!!asked);
            const std::string body = body_of(news{as_bytes("peace")});
            const auto sent = co_await server.send(as_bytes(body));
            BOOST_TEST(!!sent);
            co_await server.finish(0s);
        }
    };
    pair world;
    auto ends = io::memory_pair(world.context.get_executor(), world.context.get_executor());
    world.client = client::client::over(std::move(ends.first), {.speaks = newspapers{}, .inbox = 2});
    io::frame_stream server(std::move(ends.second), frame::any_codec());
    world.run(asks::news_of(world), asks::tells(server));
}

BOOST_AUTO_TEST_SUITE_END()
