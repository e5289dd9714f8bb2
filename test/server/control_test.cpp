// What a protocol says beside its requests: pings, goodbye and greetings of somebody's own, by routers, serve
// coroutines, clients and swarms.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/client.hpp>
#include <hawser/io/run.hpp>
#include <hawser/swarm/swarm.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// As SMPP does it: either side may enquire, unbind says goodbye, and nobody greets.
struct enquire_resp {
    static constexpr packet::command<boost::endian::big_uint32_t> code{0x80000015};
    boost::endian::big_uint32_t id;
};
BOOST_DESCRIBE_STRUCT(enquire_resp, (), (id))
struct enquire {
    static constexpr packet::command<boost::endian::big_uint32_t> code{0x00000015};
    using reply = enquire_resp;
    boost::endian::big_uint32_t id;
};
BOOST_DESCRIBE_STRUCT(enquire, (), (id))
struct unbind {
    static constexpr packet::command<boost::endian::big_uint32_t> code{0x00000006};
    boost::endian::big_uint32_t id;
};
BOOST_DESCRIBE_STRUCT(unbind, (), (id))
struct submitted {
    static constexpr packet::command<boost::endian::big_uint32_t> code{0x80000004};
    boost::endian::big_uint32_t id;
};
BOOST_DESCRIBE_STRUCT(submitted, (), (id))
struct submit {
    static constexpr packet::command<boost::endian::big_uint32_t> code{0x00000004};
    using reply = submitted;
    boost::endian::big_uint32_t id;
    packet::rest text;
};
BOOST_DESCRIBE_STRUCT(submit, (), (id, text))

struct messages : packet::protocol<submit, submitted, enquire, enquire_resp, unbind> {
    static constexpr packet::control control =
        packet::control().pinged_by<enquire>().sent_away_by<unbind>().from_the_start();
};
// Goodbyes with a time in them, short and long.
struct short_leave {
    static constexpr packet::command<std::uint8_t> code{1};
    boost::endian::big_uint16_t milliseconds;
};
BOOST_DESCRIBE_STRUCT(short_leave, (), (milliseconds))
struct long_leave {
    static constexpr packet::command<std::uint8_t> code{2};
    std::uint8_t why;
    boost::endian::big_uint64_t milliseconds;
};
BOOST_DESCRIBE_STRUCT(long_leave, (), (why, milliseconds))
struct brief : packet::protocol<short_leave> {
    static constexpr packet::control control =
        packet::control().sent_away_by<short_leave, &short_leave::milliseconds>();
};
struct eternal : packet::protocol<long_leave> {
    static constexpr packet::control control = packet::control().sent_away_by<long_leave, &long_leave::milliseconds>();
};
struct quiet : packet::protocol<submit, submitted> {};

server::router routes() {
    server::router made(messages{});
    made.on<submit>([](server::context&, const submit& asked) { return submitted{asked.id}; });
    return made;
}

io::task<void> echo(server::connection& conn) {
    while (const auto body = co_await conn.read_frame()) {
        if (conn.take_control(*body)) continue;
        if (!co_await conn.send(*body)) break;
    }
}

template <class Packet>
std::string first_of(raw_peer& peer, const Packet& like) {
    return peer.hear(wire(like).size());
}

void pings_and_is_lost(running_server& server) {
    raw_peer good(server.port());
    raw_peer silent(server.port());
    for (std::uint32_t number = 1; number <= 8; ++number) {
        BOOST_TEST(first_of(good, enquire{number}) == wire(enquire{number}));
        good.say(wire(enquire_resp{number}));
    }
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::peer_lost));
    BOOST_TEST(server.get().connections() == 1U);
}

void answers_a_ping(running_server& server) {
    raw_peer peer(server.port());
    peer.say(wire(enquire{77}));
    BOOST_TEST(first_of(peer, enquire_resp{77}) == wire(enquire_resp{77}));
}

void says_goodbye(running_server& server) {
    raw_peer peer(server.port());
    peer.say(wire(enquire{1}));
    BOOST_TEST(first_of(peer, enquire_resp{1}) == wire(enquire_resp{1}));
    server.get().stop(5s);
    BOOST_TEST(first_of(peer, unbind{}) == wire(unbind{}));
    peer.say(wire(enquire{2}));   // it knew nothing of that yet
    peer.close_write();
    BOOST_TEST(peer.hear_all() == wire(enquire_resp{2}));
    BOOST_TEST(server.get().wait().forced == 0U);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(controls)

BOOST_AUTO_TEST_CASE(a_router_pings_by_the_packets_of_its_protocol_and_finds_who_is_lost) {
    running_server server(routes(), {.ping_interval = 50ms, .ping_misses = 5});
    pings_and_is_lost(server);
}

BOOST_AUTO_TEST_CASE(a_serve_coroutine_does_so_by_the_control_of_its_config) {
    running_server server(echo, {.control = &messages::control, .ping_interval = 50ms, .ping_misses = 5});
    pings_and_is_lost(server);
}

BOOST_AUTO_TEST_CASE(a_ping_is_answered_without_a_handler) {
    running_server router(routes());
    answers_a_ping(router);
    running_server serve(echo, {.control = &messages::control});
    answers_a_ping(serve);
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_says_goodbye_in_its_protocol_and_answers_what_was_on_its_way) {
    running_server router(routes());
    says_goodbye(router);
    running_server serve(echo, {.control = &messages::control});
    says_goodbye(serve);
}

BOOST_AUTO_TEST_CASE(a_serve_coroutine_whose_peer_sends_a_long_frame_slowly_hears_it) {
    running_server server(echo, {.control = &messages::control, .ping_interval = 60ms, .ping_misses = 1});
    raw_peer peer(server.port());
    const std::string frame = wire(submit{1, as_bytes("slowly, but a sign of life")});
    for (const char letter : frame) {
        peer.say(std::string_view(&letter, 1));
        std::this_thread::sleep_for(10ms);
    }
    std::string heard = peer.hear(frame.size());
    while (!heard.ends_with(frame) && heard.size() < 10 * frame.size()) heard += peer.hear(1);   // pings before it
    BOOST_TEST(heard.ends_with(frame));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_said_or_believed_of_a_goodbye_is_the_most_that_can) {
    byte_buffer out;
    brief::control.make_go_away(100s, out);
    const auto within = brief::control.read_go_away(out.view());
    BOOST_REQUIRE(within.has_value());
    BOOST_TEST(within->count() == 65'535);
    byte_buffer huge;
    packet::encode(long_leave{1, ~std::uint64_t{}}, huge);
    BOOST_TEST(eternal::control.read_go_away(huge.view())->count() == 0xffff'ffff);
}

BOOST_AUTO_TEST_CASE(a_pong_with_an_id_that_no_ping_has_answers_none) {
    byte_buffer pong;
    packet::encode(packet::pong{packet::id{{'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}}}, pong);
    const auto number = packet::default_protocol::control.read_pong(pong.view());
    BOOST_REQUIRE(number.has_value());
    BOOST_TEST(!packet::default_protocol::control.answers(*number, 1));
}

BOOST_AUTO_TEST_CASE(a_malformed_ping_is_a_breach) {
    for (const bool has_router : {true, false}) {
        auto server = has_router
                          ? std::make_unique<running_server>(routes())
                          : std::make_unique<running_server>(echo, server::config{.control = &messages::control});
        raw_peer peer(server->port());
        peer.say(std::string("\0\0\0\x9\0\0\0\x15x", 9));
        BOOST_TEST(peer.hear_all() == "");
        BOOST_TEST(server->recorded().next_ending().why == make_error_code(packet::errc::short_body));
    }
}

BOOST_AUTO_TEST_CASE(without_a_control_a_ping_is_a_packet_like_any_other) {
    server::router plain(quiet{});
    running_server server(plain);
    raw_peer peer(server.port());
    peer.say(wire(enquire{1}));
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(packet::errc::unknown_command));
}

BOOST_AUTO_TEST_CASE(a_handler_of_ones_own_for_a_ping_is_called_instead) {
    server::router made = routes();
    made.on<enquire>([](server::context&, const enquire& asked) { return enquire_resp{asked.id + 1000}; });
    running_server server(made);
    raw_peer peer(server.port());
    peer.say(wire(enquire{1}));
    BOOST_TEST(first_of(peer, enquire_resp{}) == wire(enquire_resp{1001}));
}

namespace {

io::task<void> measure(std::uint16_t port, io::duration& round_trip, error_code& hello) {
    const client::options settings{.speaks = messages(), .ping_interval = 5ms};
    auto made = co_await client::client::connect(*io::address::parse("127.0.0.1:" + std::to_string(port)), settings);
    BOOST_REQUIRE(made.has_value());
    const result<void> greeted = co_await made->hello();
    hello = greeted.error();
    while (made->round_trip().last == io::duration::zero()) co_await io::sleep(1ms);
    round_trip = made->round_trip().last;
    co_await made->close();
}

io::task<void> ping_where_there_are_none(std::uint16_t port) {
    const client::options settings{.speaks = quiet(), .ping_interval = 1s};
    static_cast<void>(co_await client::client::connect(*io::address::parse("127.0.0.1:" + std::to_string(port)),
                                                       settings));
}

io::task<void> be_sent_away(std::uint16_t port, server::server& server, bool& is_told) {
    const client::options settings{.speaks = messages()};
    auto made = co_await client::client::connect(*io::address::parse("127.0.0.1:" + std::to_string(port)), settings);
    BOOST_REQUIRE(made.has_value());
    const submit asked{};
    const auto answer = co_await made->request(asked);
    BOOST_TEST(answer.has_value());
    server.stop(5s);
    const auto told = co_await made->next();
    is_told = told && packet::decode_as<unbind>(told->view()).has_value();
    co_await made->close();
}

}   // namespace

BOOST_AUTO_TEST_CASE(a_client_pings_and_measures_in_any_protocol_that_has_pings) {
    running_server server(routes());
    io::duration round_trip{};
    error_code hello;
    io::run(measure(server.port(), round_trip, hello));
    BOOST_TEST((round_trip > io::duration::zero()));
    BOOST_TEST(hello == make_error_code(client::errc::other_protocol));
    BOOST_CHECK_THROW(io::run(ping_where_there_are_none(server.port())), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_client_is_told_that_its_server_goes) {
    running_server server(routes());
    bool is_told = false;
    io::run(be_sent_away(server.port(), server.get(), is_told));
    BOOST_TEST(is_told);
}

BOOST_AUTO_TEST_CASE(a_swarm_pings_and_answers_pings_in_any_protocol_that_has_pings) {
    running_server server(routes(), {.ping_interval = 5ms, .ping_misses = 20});
    swarm::plan plan{.connect = *io::address::parse("127.0.0.1:" + std::to_string(server.port())),
                     .traffic = swarm::traffic_of<submit>(messages()),
                     .clients = 2,
                     .count = 40,
                     .interval = 5ms,
                     .ping_interval = 5ms};
    swarm::swarm made(plan);
    const swarm::report report = io::run(made.run());
    BOOST_TEST(report.good(), report.first_error);
    BOOST_TEST(report.acked == 80U);
    plan.hello = true;
    BOOST_CHECK_EXCEPTION(swarm::swarm{plan}, std::invalid_argument, [](const std::invalid_argument& error) {
        return std::string(error.what()) == "hello: the protocol messages has no greeting: see packet::control";
    });
}

BOOST_AUTO_TEST_SUITE_END()
