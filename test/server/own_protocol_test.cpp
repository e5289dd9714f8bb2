// A protocol of one's own from end to end: one description, one handler; the client and the swarm need nothing more.
#include <support/netstring.hpp>
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/client.hpp>
#include <hawser/swarm/swarm.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

enum class answer : std::uint8_t { yes = 0, no = 1 };
BOOST_DESCRIBE_ENUM(answer, yes, no)

struct told {
    static constexpr packet::command<boost::endian::little_uint32_t, 1> code{0x10000002};
    std::uint8_t id;
    answer result;
    packet::rest_text echo;
};
BOOST_DESCRIBE_STRUCT(told, (), (id, result, echo))
struct ask {
    static constexpr packet::command<boost::endian::little_uint32_t, 1> code{0x10000001};
    using reply = told;
    std::uint8_t id;   // 255 requests in flight at most
    answer hoped;
    packet::text<boost::endian::big_uint16_t> question;
};
BOOST_DESCRIBE_STRUCT(ask, (), (id, hoped, question))
struct tick {
    static constexpr packet::command<boost::endian::little_uint32_t, 1> code{0x10000003};
    std::uint8_t count;
};
BOOST_DESCRIBE_STRUCT(tick, (), (count))
struct oracle : packet::protocol<ask, told, tick> {};

server::router telling() {
    server::router router(oracle{});
    router.on<ask>([](server::context& here, const ask& asked) {
        return here.answer(told{asked.id, answer::yes, asked.question});
    });
    return router;
}

io::address address_of(const running_server& server) {
    return *io::address::parse("127.0.0.1:" + std::to_string(server.port()));
}

io::task<bool> converse(io::address where) {
    const client::options settings{.speaks = oracle()};
    auto client = co_await client::client::connect(where, settings);
    if (!client) co_return false;
    for (int round = 0; round < 600; ++round) {   // ids go round twice
        const std::string text = "question " + std::to_string(round);
        const ask question{.id = {}, .hoped = answer::no, .question = text};
        const auto got = co_await client->request(question);
        if (!got || got->echo != text || got->result != answer::yes) co_return false;
        if (got->id != static_cast<std::uint8_t>(round % 255 + 1)) co_return false;
    }
    const std::string large(70'000, 'x');
    const ask too_long{.id = {}, .hoped = answer::no, .question = large};
    const auto refused = co_await client->request(too_long);
    co_await client->close();
    co_return refused.error() == make_error_code(packet::errc::value_too_long);
}

io::task<bool> hear_pushes(io::address where) {
    const client::options settings{.speaks = oracle()};
    auto client = co_await client::client::connect(where, settings);
    if (!client) co_return false;
    const ask question{.id = {}, .hoped = answer::no, .question = "?"};
    const auto got = co_await client->request(question);
    const auto pushed = co_await client->next();
    co_await client->close();
    if (!got || !pushed) co_return false;
    const auto read = packet::decode_as<tick>(pushed->view());
    co_return read && read->count == 7;
}

swarm::report run_swarm(swarm::plan plan) {
    swarm::swarm swarm(std::move(plan));
    return io::run(swarm.run());
}

}   // namespace

BOOST_AUTO_TEST_SUITE(own_protocols)

BOOST_AUTO_TEST_CASE(a_client_asks_with_ids_of_its_own_type) {
    running_server server(telling());
    BOOST_TEST(io::run(converse(address_of(server))));
}

BOOST_AUTO_TEST_CASE(what_answers_nothing_is_a_push) {
    server::router router(oracle{});
    router.on<ask>([](server::context& here, const ask& asked) {
        byte_buffer body;
        packet::encode(tick{7}, body);
        BOOST_TEST(!here.try_send(body.view()));
        return here.answer(told{asked.id, answer::yes, {}});
    });
    running_server server(std::move(router));
    BOOST_TEST(io::run(hear_pushes(address_of(server))));
}

BOOST_AUTO_TEST_CASE(a_swarm_speaks_it_and_checks_every_answer) {
    running_server server(telling());
    const swarm::report report = run_swarm({.connect = address_of(server),
                                            .traffic = swarm::traffic_of<ask>(oracle()),
                                            .clients = 3,
                                            .count = 2000,
                                            .interval = 0s,
                                            .window = 300,
                                            .seed = 1});
    BOOST_TEST(report.good(), report.first_error);
    BOOST_TEST(report.acked == 6000U);
}

// The same in frames of its own.

frame::any_codec netstrings(std::size_t max_frame) { return frame::any_codec::own(netstring(max_frame), "netstring"); }

io::task<bool> converse_in_netstrings(io::address where) {
    const client::options settings{.speaks = oracle(), .codec = netstrings(200'000)};
    auto client = co_await client::client::connect(where, settings);
    if (!client) co_return false;
    for (const std::size_t size : {0UL, 1UL, 999UL, 60'000UL}) {
        const std::string text(size, 'x');
        const ask question{.id = {}, .hoped = answer::no, .question = text};
        const auto got = co_await client->request(question);
        if (!got || got->echo != text) co_return false;
    }
    co_await client->close();
    co_return true;
}

BOOST_AUTO_TEST_CASE(a_codec_of_its_own_serves_is_limited_and_is_loaded) {
    running_server server(telling(), {.codec = netstrings(100'000)});
    BOOST_TEST(io::run(converse_in_netstrings(address_of(server))));
    BOOST_TEST((server.recorded().next_ending().why == errc::end_of_stream));
    const swarm::report report = run_swarm({.connect = address_of(server),
                                            .traffic = swarm::traffic_of<ask>(oracle()),
                                            .clients = 3,
                                            .count = 2000,
                                            .interval = 0s,
                                            .window = 100,
                                            .seed = 1,
                                            .codec = netstrings(100'000)});
    BOOST_TEST(report.good(), report.first_error);
    BOOST_TEST(report.acked == 6000U);
    for (int client = 0; client < 3; ++client) static_cast<void>(server.recorded().next_ending());
    raw_peer claims(server.port());
    claims.say("100001:");
    BOOST_TEST(claims.hear_all() == "");
    BOOST_TEST((server.recorded().next_ending().why == errc::too_long));
    raw_peer babbles(server.port());
    babbles.say("hello");
    BOOST_TEST(babbles.hear_all() == "");
    BOOST_TEST((server.recorded().next_ending().why == errc::corrupt));
    raw_peer stays(server.port());
    stays.say("15:\1\1\0\0\x10\1\0\7nothing,"s);   // an ask
    BOOST_TEST(stays.hear(5) == "13:\1\2"s);       // and what is told
    BOOST_TEST(server.stop().drained == 1U);
    BOOST_TEST(stays.hear_all().ends_with("nothing,"));
}

BOOST_AUTO_TEST_CASE(a_swarm_counts_a_result_that_is_not_0_as_wrong_and_passes_pushes_over) {
    server::router router(oracle{});
    router.on<ask>([](server::context& here, const ask& asked) {
        byte_buffer body;
        packet::encode(tick{7}, body);
        BOOST_TEST(!here.try_send(body.view()));
        return here.answer(told{asked.id, asked.id == 2 ? answer::no : answer::yes, {}});
    });
    running_server server(std::move(router));
    const swarm::report report = run_swarm({.connect = address_of(server),
                                            .traffic = swarm::traffic_of<ask>(oracle()),
                                            .clients = 1,
                                            .count = 10,
                                            .interval = 0s});
    BOOST_TEST(report.acked == 9U);
    BOOST_TEST(report.wrong == 1U);
    BOOST_TEST(report.errors == 0U);
}

BOOST_AUTO_TEST_CASE(a_swarm_that_does_not_speak_the_default_protocol_neither_greets_nor_pings) {
    swarm::plan greeting{.traffic = swarm::traffic_of<ask>(oracle()), .hello = true};
    BOOST_CHECK_THROW(swarm::swarm{greeting}, std::invalid_argument);
    swarm::plan pinging{.traffic = swarm::traffic_of<ask>(), .ping_interval = 1s};
    BOOST_CHECK_THROW(swarm::swarm{pinging}, std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
