// A client against a server that the test plays itself, over memory.
#include "support/frames.hpp"
#include "support/played_server.hpp"

#include <hawser/client.hpp>
#include <hawser/swarm/code_name.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <regex>
#include <string>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;
using test::conversation;
using test::hear;
using test::hear_submit;
using test::say;
using result_of_submit = result<client::answer<packet::submit_ack>>;

namespace {

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

// Whose ids are used again after 255 requests.
struct brief_ack {
    static constexpr packet::command<std::uint8_t> code{0x61};
    std::uint8_t id;
};
BOOST_DESCRIBE_STRUCT(brief_ack, (), (id))

struct brief {
    static constexpr packet::command<std::uint8_t> code{0x60};
    using reply = brief_ack;
    std::uint8_t id;
};
BOOST_DESCRIBE_STRUCT(brief, (), (id))

struct briefs : packet::protocol<brief, brief_ack> {};

// Asks with the next id; 0 if all went well.
io::task<error_code> ask_briefly(conversation& world, io::duration timeout = 10s) {
    const brief made{};
    const result<client::answer<brief_ack>> got = co_await world.client->request(made, timeout);
    co_return got ? error_code() : got.error();
}

io::task<void> submit(conversation& world, std::string payload, io::duration timeout, result_of_submit& into) {
    into = co_await world.client->request(packet::submit{{}, as_bytes(payload)}, timeout);
}

result_of_submit nothing_yet() {
    return boost::system::errc::make_error_code(boost::system::errc::state_not_recoverable);
}

// Reads two submits, answers the second first, then the first.
io::task<void> answer_in_reverse(conversation& world) {
    const packet::id first = co_await hear_submit(world.server);
    const packet::id second = co_await hear_submit(world.server);
    co_await say(world.server, packet::submit_ack{second, packet::outcome::error});
    co_await say(world.server, packet::submit_ack{first, packet::outcome::ok});
    const result<bytes> end = co_await world.server.read_frame();
    BOOST_TEST(end.error() == make_error_code(errc::end_of_stream));
    co_await world.server.finish(0s);
}

io::task<void> two_at_once(conversation& world, result_of_submit& first, result_of_submit& second) {
    io::group both(world.context.get_executor());
    both.spawn(submit(world, "first", 10s, first));
    both.spawn(submit(world, "second", 10s, second));
    co_await both.join();
    co_await world.client->close();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(clients)

BOOST_AUTO_TEST_CASE(answers_are_matched_by_id_whatever_their_order) {
    conversation world;
    result_of_submit first = nothing_yet();
    result_of_submit second = nothing_yet();
    world.run(two_at_once(world, first, second), answer_in_reverse(world));
    BOOST_TEST((first.value().result == packet::outcome::ok));
    BOOST_TEST((first.value().id == packet::serial::from_number(1)));
    BOOST_TEST((second.value().result == packet::outcome::error));
}

io::task<void> close_half_and_wait(conversation& world, result_of_submit& into) {
    io::group asking(world.context.get_executor());
    asking.spawn(submit(world, "last", 10s, into));   // runs until it waits for its answer
    const result<void> closed = co_await world.client->close_write();
    BOOST_TEST(!!closed);
    result_of_submit late = nothing_yet();
    co_await submit(world, "too late", 10s, late);
    BOOST_TEST(late.error() == make_error_code(errc::closed));
    co_await asking.join();
    co_await world.client->close();
}

io::task<void> answer_after_the_end(conversation& world) {
    const packet::id asked = co_await hear_submit(world.server);
    const result<bytes> end = co_await world.server.read_frame();
    BOOST_TEST(end.error() == make_error_code(errc::end_of_stream));
    co_await say(world.server, packet::submit_ack{asked, packet::outcome::ok});
    co_await world.server.finish(0s);
}

BOOST_AUTO_TEST_CASE(a_client_that_closes_its_sending_half_still_gets_its_answers) {
    conversation world;
    result_of_submit answer = nothing_yet();
    world.run(close_half_and_wait(world, answer), answer_after_the_end(world));
    BOOST_TEST((answer.value().result == packet::outcome::ok));
}

io::task<void> give_up_then_ask_again(conversation& world, result_of_submit& first, result_of_submit& second) {
    co_await submit(world, "slow", 1ms, first);
    co_await submit(world, "fast", 10s, second);
    BOOST_TEST(world.client->late_answers() == 1U);
    co_await world.client->close();
}

io::task<void> answer_late(conversation& world) {
    const packet::id first = co_await hear_submit(world.server);
    const packet::id second = co_await hear_submit(world.server);
    co_await say(world.server, packet::submit_ack{first, packet::outcome::ok});
    co_await say(world.server, packet::submit_ack{second, packet::outcome::ok});
    static_cast<void>(co_await world.server.read_frame());
    co_await world.server.finish(0s);
}

BOOST_AUTO_TEST_CASE(a_request_has_its_own_deadline_and_a_late_answer_is_counted_and_harms_nobody) {
    conversation world;
    result_of_submit first = nothing_yet();
    result_of_submit second = nothing_yet();
    world.run(give_up_then_ask_again(world, first, second), answer_late(world));
    BOOST_TEST(first.error() == make_error_code(client::errc::request_timeout));
    BOOST_TEST(second.has_value());
}

io::task<void> break_off(conversation& world) {
    static_cast<void>(co_await hear_submit(world.server));
    world.server.close();
    co_await world.server.finish(0s);
}

io::task<void> submit_and_close(conversation& world, result_of_submit& into) {
    co_await submit(world, "x", 10s, into);
    co_await world.client->close();
    result_of_submit after = nothing_yet();
    co_await submit(world, "too late", 10s, after);
    BOOST_TEST(after.has_error());
}

BOOST_AUTO_TEST_CASE(requests_under_way_fail_when_the_connection_ends_and_so_do_later_ones) {
    conversation world;
    result_of_submit got = nothing_yet();
    world.run(submit_and_close(world, got), break_off(world));
    BOOST_TEST((got.error() == condition::ended));
}

io::task<void> take_pushes(conversation& world, std::vector<std::string>& into) {
    for (int i = 0; i < 2; ++i) {
        const result<byte_buffer> body = co_await world.client->next();
        into.emplace_back(as_text(body.value().view()));
    }
    BOOST_TEST(world.client->dropped() == 1U);
    co_await world.client->close();
}

io::task<void> push_three_and_ping(conversation& world) {
    for (const char* text : {"\x70"
                             "00000000one",
                             "\x70"
                             "00000000two",
                             "\x70"
                             "00000000six"})
        co_await test::sends(world.server, text);
    co_await say(world.server, packet::ping{packet::serial::from_number(5)});
    const packet::pong answer = co_await hear<packet::pong>(world.server);
    BOOST_TEST((answer.id == packet::serial::from_number(5)));
    static_cast<void>(co_await world.server.read_frame());
    co_await world.server.finish(0s);
}

io::task<void> later(io::task<void> what) {
    co_await io::sleep(5ms);
    co_await std::move(what);
}

BOOST_AUTO_TEST_CASE(pushes_wait_in_a_bounded_inbox_and_pings_are_answered) {
    conversation world({.inbox = 2});
    std::vector<std::string> got;
    world.run(push_three_and_ping(world), later(take_pushes(world, got)));
    BOOST_TEST(got.size() == 2U);
    BOOST_TEST(got.front() == "\x70"
                              "00000000one");
}

// Each is 12 bytes long.
BOOST_AUTO_TEST_CASE(the_bytes_of_an_inbox_are_bounded_too) {
    conversation world({.inbox = 64, .inbox_bytes = 24});
    std::vector<std::string> got;
    world.run(push_three_and_ping(world), later(take_pushes(world, got)));
    BOOST_TEST(got.size() == 2U);
    BOOST_TEST(got.back() == "\x70"
                             "00000000two");
}

io::task<void> push_two_that_are_long(conversation& world) {
    const std::string first = "\x70"
                              "00000000" +
                              std::string(1000, 'a');
    const std::string second = "\x70"
                               "00000000" +
                               std::string(1000, 'b');
    co_await test::sends(world.server, first);
    co_await test::sends(world.server, second);
    co_await world.server.close_write();
    static_cast<void>(co_await world.server.read_frame());
    co_await world.server.finish(0s);
}

io::task<void> take_one(conversation& world, std::size_t& size) {
    const result<byte_buffer> body = co_await world.client->next();
    size = body.value().size();
    BOOST_TEST(world.client->dropped() == 1U);
    co_await world.client->close();
}

BOOST_AUTO_TEST_CASE(a_push_that_is_longer_than_the_inbox_may_be_waits_alone) {
    conversation world({.inbox_bytes = 24});
    std::size_t size = 0;
    world.run(push_two_that_are_long(world), later(take_one(world, size)));
    BOOST_TEST(size == 1009U);
}

io::task<void> submit_again(conversation& world, error_code& into) {
    const packet::submit again{packet::serial::from_number(1), as_bytes("y")};
    const result_of_submit got = co_await world.client->request(again, 10s);
    into = got.error();
}

io::task<void> end_after(conversation& world, io::duration how_long) {
    co_await io::sleep(how_long);
    world.client.reset();
    co_await world.server.finish(0s);
}

BOOST_AUTO_TEST_CASE(a_request_with_an_id_that_is_under_way_is_refused) {
    conversation world;
    result_of_submit first = nothing_yet();
    error_code second;
    world.run(submit(world, "x", 50ms, first), submit_again(world, second), end_after(world, 100ms));
    BOOST_TEST(second == make_error_code(client::errc::id_in_flight));
    BOOST_TEST(first.error() == make_error_code(client::errc::request_timeout));
}

io::task<void> ask_a_server_that_reads_nothing(conversation& world, result_of_submit& got, io::duration& took) {
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
    conversation world;
    result_of_submit got = nothing_yet();
    io::duration took{};
    world.run(ask_a_server_that_reads_nothing(world, got, took));
    BOOST_TEST(got.error() == make_error_code(client::errc::request_timeout));
    BOOST_TEST((took < 10s));   // and not the stall time-out of half a minute
}

BOOST_AUTO_TEST_CASE(a_client_may_go_down_with_its_io_context_in_the_middle_of_a_request) {
    result_of_submit got = nothing_yet();
    conversation world;
    io::asio::co_spawn(world.context.get_executor(), submit(world, "x", 10s, got), io::asio::detached);
    world.context.run_for(10ms);
    BOOST_TEST(got.has_error());
}

BOOST_AUTO_TEST_CASE(code_names_come_from_their_seed) {
    swarm::random_source one = swarm::seeded(42);
    swarm::random_source same = swarm::seeded(42);
    const auto drawn = [](swarm::random_source& random) {
        swarm::code_name name;
        name.draw(random);
        return std::string(name.text());
    };
    const std::string name = drawn(one);
    BOOST_TEST(name == drawn(same));
    BOOST_TEST(name != drawn(one));
    const std::regex form("[a-z]{4,8}-[a-z]{4,9}-[0-9a-f]{4}");
    for (int count = 0; count < 10'000; ++count)   // every word is among them
        if (!std::regex_match(drawn(one), form)) BOOST_ERROR("not a code name");
    const swarm::payload_source source(100, one);
    BOOST_TEST(source.next(one).size() == 100U);
}

BOOST_AUTO_TEST_CASE(a_request_of_another_protocol_is_refused_at_once) {
    struct asks {
        static io::task<void> wide_one(conversation& world) {
            const wide made{};
            const auto answer = co_await world.client->request(made);
            BOOST_TEST(answer.error() == make_error_code(client::errc::other_protocol));
            world.client.reset();
        }
    };
    conversation world;
    world.run(asks::wide_one(world));
}

BOOST_AUTO_TEST_CASE(an_answer_without_an_id_waits_for_next) {
    struct asks {
        static io::task<void> news_of(conversation& world) {
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
            const news made{as_bytes("peace")};
            co_await say(server, made);
            co_await server.finish(0s);
        }
    };
    conversation world({.speaks = newspapers{}});
    world.run(asks::news_of(world), asks::tells(world.server));
}

io::task<void> note_outcome(conversation& world, io::duration timeout, error_code& into) {
    into = co_await ask_briefly(world, timeout);
}

// One of few ids.
BOOST_AUTO_TEST_CASE(an_id_whose_answer_is_waited_for_is_not_given_to_another_request) {
    struct plays {
        static io::task<void> asks(conversation& world) {
            error_code slow = client::errc::request_timeout;
            io::group asking(world.context.get_executor());
            asking.spawn(note_outcome(world, 10s, slow));
            for (int count = 0; count < 600; ++count) {
                const error_code error = co_await ask_briefly(world);
                BOOST_TEST(!error, "request " << count);
            }
            co_await world.client->close_write();
            co_await asking.join();
            BOOST_TEST(!slow);
            co_await world.client->close();
        }
        // All but the first, which is answered last.
        static io::task<void> answers(io::frame_stream& server) {
            const brief first = co_await hear<brief>(server);
            for (int count = 0; count < 600; ++count) {
                const brief asked = co_await hear<brief>(server);
                BOOST_TEST(asked.id != first.id);
                co_await say(server, brief_ack{asked.id});
            }
            co_await say(server, brief_ack{first.id});
            static_cast<void>(co_await server.read_frame());
            co_await server.finish(0s);
        }
    };
    conversation world({.speaks = briefs{}});
    world.run(plays::asks(world), plays::answers(world.server));
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_late_is_not_taken_for_that_of_a_later_request_with_the_same_id) {
    struct plays {
        static io::task<void> asks(conversation& world) {
            const error_code given_up = co_await ask_briefly(world, 1ms);
            BOOST_TEST(given_up == make_error_code(client::errc::request_timeout));
            for (int count = 0; count < 600; ++count) {
                const error_code error = co_await ask_briefly(world);
                BOOST_TEST(!error, "request " << count);
            }
            BOOST_TEST(world.client->late_answers() == 1U);
            co_await world.client->close();
        }
        static io::task<void> answers(io::frame_stream& server) {
            const brief first = co_await hear<brief>(server);
            int used_again = 0;
            for (int count = 0; count < 600; ++count) {
                const brief asked = co_await hear<brief>(server);
                if (asked.id == first.id) ++used_again;
                if (count == 300) {
                    BOOST_TEST(used_again == 0);
                    co_await say(server, brief_ack{first.id});   // now it is free
                }
                co_await say(server, brief_ack{asked.id});
            }
            BOOST_TEST(used_again > 0);
            static_cast<void>(co_await server.read_frame());
            co_await server.finish(0s);
        }
    };
    conversation world({.speaks = briefs{}});
    world.run(plays::asks(world), plays::answers(world.server));
}

BOOST_AUTO_TEST_CASE(where_no_answer_has_come_to_any_id_one_is_used_again) {
    struct plays {
        static io::task<void> asks(conversation& world) {
            std::array<error_code, 255> outcomes;
            io::group asking(world.context.get_executor());
            for (error_code& each : outcomes) asking.spawn(note_outcome(world, 1ms, each));
            co_await asking.join();
            BOOST_TEST(std::ranges::count(outcomes, make_error_code(client::errc::request_timeout)) == 255);
            const error_code error = co_await ask_briefly(world);
            BOOST_TEST(!error);
            co_await world.client->close();
        }
        static io::task<void> answers(io::frame_stream& server) {
            for (int count = 0; count < 255; ++count) static_cast<void>(co_await hear<brief>(server));
            const brief asked = co_await hear<brief>(server);
            co_await say(server, brief_ack{asked.id});
            static_cast<void>(co_await server.read_frame());
            co_await server.finish(0s);
        }
    };
    conversation world({.speaks = briefs{}});
    world.run(plays::asks(world), plays::answers(world.server));
}

// Of its connection, not of the object that it was asked of.
BOOST_AUTO_TEST_CASE(closing_goes_on_where_the_client_is_moved_to) {
    struct plays {
        static io::task<void> closes(conversation& world) {
            io::task<void> closing = world.client->close();
            const client::client elsewhere = std::move(*world.client);
            co_await std::move(closing);
        }
    };
    conversation world;
    world.run(plays::closes(world), test::answer_all(world.server));
}

BOOST_AUTO_TEST_SUITE_END()
