// Handlers, hooks and per-session state.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

// A packet of the tests' own: answers its number after this many milliseconds.
struct lookup_result {
    static constexpr packet::command<std::uint8_t> code{0xa0};
    packet::id id;
    boost::endian::big_uint32_t number{};
};
BOOST_DESCRIBE_STRUCT(lookup_result, (), (id, number))

struct lookup {
    static constexpr packet::command<std::uint8_t> code{0x20};
    using reply = lookup_result;
    packet::id id;
    boost::endian::big_uint32_t milliseconds{};
};
BOOST_DESCRIBE_STRUCT(lookup, (), (id, milliseconds))

// A protocol of the tests' own: a stamp, then a command of two bytes, small and large ones.
struct sum {
    static constexpr packet::command<boost::endian::little_uint16_t, 2> code{0xbeef};
    boost::endian::big_uint16_t stamp;
    boost::endian::big_uint32_t id;
    boost::endian::big_uint32_t total;
};
BOOST_DESCRIBE_STRUCT(sum, (), (stamp, id, total))
struct add {
    static constexpr packet::command<boost::endian::little_uint16_t, 2> code{0x0002};
    using reply = sum;
    boost::endian::big_uint16_t stamp;
    boost::endian::big_uint32_t id;
    packet::array<std::uint8_t, std::uint8_t> values;
};
BOOST_DESCRIBE_STRUCT(add, (), (stamp, id, values))
struct hello {
    static constexpr packet::command<boost::endian::little_uint16_t, 2> code{0xffff};
    boost::endian::big_uint16_t stamp;
    packet::text<std::uint8_t> name;
};
BOOST_DESCRIBE_STRUCT(hello, (), (stamp, name))
struct calculator : packet::protocol<add, sum, hello> {};

sum on_add(server::context&, const add& asked) {
    std::uint32_t total = 0;
    for (const std::uint8_t one : asked.values) total += one;
    return {asked.stamp, asked.id, total};
}

io::task<lookup_result> slow_lookup(server::context&, const lookup& asked) {
    co_await io::sleep(std::chrono::milliseconds(asked.milliseconds));
    co_return lookup_result{asked.id, asked.milliseconds};
}

std::string result_frame(std::uint32_t number, std::uint32_t milliseconds) {
    return wire(lookup_result{id_of(number), milliseconds});
}

}   // namespace

BOOST_AUTO_TEST_SUITE(handlers)

BOOST_AUTO_TEST_CASE(a_coroutine_handler_keeps_later_packets_of_its_connection_waiting) {
    server::router router = acking();
    router.on<lookup>(slow_lookup);
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(wire(lookup{id_of(1), 20}) + submit_frame(2) + wire(lookup{id_of(3), 0}));
    const std::string want = result_frame(1, 20) + ack_frame(2) + result_frame(3, 0);
    BOOST_TEST(peer.hear(want.size()) == want);
}

BOOST_AUTO_TEST_CASE(answers_that_are_ready_do_not_wait_for_a_handler_that_is_not) {
    for (const bool concurrent : {false, true}) {
        server::router router = acking();
        if (concurrent) router.on<lookup>(slow_lookup, server::concurrent(1));
        else router.on<lookup>(slow_lookup);
        running_server server(router);
        raw_peer peer(server.port());
        peer.say(submit_frame(1) + wire(lookup{id_of(2), 60'000}) + wire(lookup{id_of(3), 60'000}));
        BOOST_TEST(peer.hear(14) == ack_frame(1));
    }
}

BOOST_AUTO_TEST_CASE(concurrent_handlers_answer_as_they_get_ready) {
    server::router router = acking();
    router.on<lookup>(slow_lookup, server::concurrent(2));
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(wire(lookup{id_of(1), 60}) + wire(lookup{id_of(2), 1}) + submit_frame(3));
    const std::string heard = peer.hear(14 + 2 * 17);
    BOOST_TEST(heard == ack_frame(3) + result_frame(2, 1) + result_frame(1, 60));
}

std::atomic<int> under_way = 0;
std::atomic<int> most_under_way = 0;

io::task<lookup_result> counted_lookup(server::context&, const lookup& asked) {
    const int now = ++under_way;
    most_under_way = std::max(most_under_way.load(), now);
    co_await io::sleep(2ms);
    --under_way;
    co_return lookup_result{asked.id, 0};
}

BOOST_AUTO_TEST_CASE(no_more_concurrent_calls_than_allowed_are_under_way_on_a_connection) {
    server::router router;
    router.on<lookup>(counted_lookup, server::concurrent(3));
    running_server server(router);
    raw_peer peer(server.port());
    std::string request;
    for (std::uint32_t number = 1; number <= 50; ++number) request += wire(lookup{id_of(number), 0});
    peer.say(request);
    peer.close_write();   // the answers of calls that are under way at the end still come
    BOOST_TEST(peer.hear_all().size() == 50U * 17U);
    BOOST_TEST(most_under_way == 3);
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_for_an_answer_is_not_idle) {
    server::router router;
    router.on<lookup>(slow_lookup, server::concurrent(1));
    running_server server(router, {.limits = {.idle_timeout = 20ms}});
    raw_peer peer(server.port());
    peer.say(wire(lookup{id_of(1), 100}));
    BOOST_TEST(peer.hear(17) == result_frame(1, 100));
}

BOOST_AUTO_TEST_CASE(what_a_handler_throws_ends_its_session_and_not_the_server) {
    for (const int kind : {0, 1, 2}) {
        server::router router = acking();
        const auto throw_at_once = [](server::context&, const lookup&) -> lookup_result {
            throw std::runtime_error("broken");
        };
        if (kind == 0) router.on<lookup>(throw_at_once);
        static constexpr auto throw_later = [](server::context&, const lookup&) -> io::task<lookup_result> {
            co_await io::sleep(1ms);
            throw std::runtime_error("broken");
        };
        if (kind == 1) router.on<lookup>(throw_later);
        if (kind == 2) router.on<lookup>(throw_later, server::concurrent(4));
        running_server server(router);
        raw_peer peer(server.port());
        peer.say(wire(lookup{id_of(1), 0}));
        BOOST_TEST(peer.hear_all() == "");
        const server::ending end = server.recorded().next_ending();
        BOOST_TEST(end.why == make_error_code(server::errc::handler_failed));
        BOOST_TEST(end.text() == "a handler threw: broken");
        raw_peer next(server.port());
        next.say(submit_frame(1));
        BOOST_TEST(next.hear(14) == ack_frame(1));
    }
}

BOOST_AUTO_TEST_CASE(a_malformed_packet_for_a_concurrent_handler_is_a_breach) {
    server::router router;
    router.on<lookup>(slow_lookup, server::concurrent(4));
    running_server server(router);
    raw_peer peer(server.port());
    peer.say({"\x00\x00\x00\x0e\x20"
              "00000001"
              "x",
              14});
    BOOST_TEST(peer.hear_all() == "");
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST((end.why == condition::invalid));
    BOOST_TEST(end.is_breach());
}

BOOST_AUTO_TEST_CASE(a_router_speaks_a_protocol_of_ones_own) {
    server::router router(calculator{});
    router.on<add>(on_add).on<hello>([](server::context& here, const hello& said) {
        return here.answer(hello{said.stamp, said.name});
    });
    running_server server(router);
    raw_peer peer(server.port());
    const std::array<std::uint8_t, 3> values = {1, 2, 250};
    const std::string want = wire(sum{7, 1, 253}) + wire(hello{8, "ada"});
    peer.say(wire(add{7, 1, values}) + wire(hello{8, "ada"}));
    BOOST_TEST(peer.hear(want.size()) == want);
    peer.say(wire(packet::ping{id_of(1)}));   // 03 30 30 30 ...: command 0x3030 is nothing here
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST((server.recorded().next_ending().why == packet::errc::unknown_command));
}

BOOST_AUTO_TEST_CASE(a_breach_names_the_packet_and_the_field) {
    server::router router(calculator{});
    router.on<add>(on_add);
    running_server server(router);
    const std::vector<std::pair<std::string, std::string>> breaches = {
        {"\0\0\x02\0\0\0\0\x01\x05"
         "1234"s,
         "packet shorter than its fields: add.values (offset 0, bytes 00 00 00 11 "},
        {"\0\0\x02\0\0\0"s, "packet shorter than its fields: add.id (offset 0, bytes 00 00 00 0a "},
        {"\0\0\x02\0\0\0\0\x01\0more"s, "bytes behind the last field of a packet: add (offset 0, "},
        {"\0\0\xff\xff\x02x"s, "packet shorter than its fields: hello.name (offset 0, "},
        {"\0\0\xff\xff\0"s, "packet without a handler: hello (offset 0, "},
        {"\0\0\x02"s, "packet shorter than its fields: command (offset 0, "},
        {"\0\0\x03\0"s, "unknown command (offset 0, "},
    };
    for (const auto& [body, text] : breaches) {
        byte_buffer out;
        BOOST_TEST(!frame::any_codec().encode(as_bytes(body), out));
        raw_peer peer(server.port());
        peer.say(as_text(out.view()));
        BOOST_TEST(peer.hear_all() == "");
        const std::string said = server.recorded().next_ending().text();
        BOOST_TEST(said.starts_with(text), said);
    }
}

BOOST_AUTO_TEST_CASE(a_handler_whose_command_is_elsewhere_is_refused) {
    server::router router;
    BOOST_CHECK_THROW(router.on<add>(on_add), std::invalid_argument);
    server::router own(calculator{});
    const auto acks = [](server::context&, const packet::submit& s) { return packet::submit_ack{s.id}; };
    BOOST_CHECK_THROW(own.on<packet::submit>(acks), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_be_said_ends_the_session_with_its_earlier_answers) {
    static const std::string large(300, 'x');
    for (const int kind : {0, 1, 2}) {
        server::router router(calculator{});
        router.on<add>(on_add);
        static constexpr auto later = [](server::context& here, const hello& said) -> io::task<server::answered> {
            co_return here.answer(hello{said.stamp, large});
        };
        if (kind == 0)
            router.on<hello>([](server::context& here, const hello& said) {
                return here.answer(hello{said.stamp, large});
            });
        if (kind == 1) router.on<hello>(later);
        if (kind == 2) router.on<hello>(later, server::concurrent(2));
        running_server server(router);
        raw_peer peer(server.port());
        peer.say(wire(add{7, 1, {}}) + wire(hello{8, "ada"}));
        BOOST_TEST(peer.hear_all() == wire(sum{7, 1, 0}));
        const server::ending end = server.recorded().next_ending();
        BOOST_TEST(end.why == make_error_code(packet::errc::value_too_long));
        BOOST_TEST(!end.is_breach());
    }
}

BOOST_AUTO_TEST_CASE(an_answer_that_its_format_cannot_carry_ends_the_session_too_whoever_gave_it) {
    for (const int kind : {0, 1, 2}) {
        server::router router(calculator{});
        static constexpr auto later = [](server::context& here, const hello& said) -> io::task<server::answered> {
            co_return here.answer(hello{said.stamp, "two\nlines"});
        };
        static constexpr auto at_once = [](server::context& here, const hello& said) {
            return here.answer(hello{said.stamp, "two\nlines"});
        };
        if (kind == 0) router.on<hello>(at_once);
        if (kind == 1) router.on<hello>(later);
        if (kind == 2) router.on<hello>(later, server::concurrent(2));
        running_server server(router, {.answer_codec = frame::delimiter::lines()});
        raw_peer peer(server.port());
        peer.say(wire(hello{8, "ada"}));
        BOOST_TEST(peer.hear_all() == "");
        const server::ending end = server.recorded().next_ending();
        BOOST_TEST(end.why == make_error_code(hawser::errc::unencodable), end.why.message());
    }
}

struct counters {
    std::uint32_t submits = 0;
};

BOOST_AUTO_TEST_CASE(state_is_kept_for_each_session) {
    server::router router;
    router.on<lookup>([](server::context& here, const lookup& asked) {
        return lookup_result{asked.id, ++here.state<counters>().submits};
    });
    running_server server(router);
    for (int client = 0; client < 2; ++client) {
        raw_peer peer(server.port());
        for (std::uint32_t number = 1; number <= 3; ++number) {
            peer.say(wire(lookup{id_of(number), 0}));
            BOOST_TEST(peer.hear(17) == result_frame(number, number));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_session_keeps_one_state_of_each_type) {
    server::router router;
    router.on<lookup>([](server::context& here, const lookup& asked) {
        here.state<counters>().submits += 10;
        here.state<std::uint32_t>() += 1;
        return lookup_result{asked.id, here.state<counters>().submits + here.state<std::uint32_t>()};
    });
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(wire(lookup{id_of(1), 0}) + wire(lookup{id_of(2), 0}));
    BOOST_TEST(peer.hear(34) == result_frame(1, 11) + result_frame(2, 22));
}

BOOST_AUTO_TEST_CASE(an_answer_over_the_limit_is_our_fault_and_ends_the_session) {
    for (const bool concurrent : {false, true}) {
        static constexpr auto too_much = [](server::context& here, const lookup& asked) -> io::task<server::answered> {
            const std::string large(2000, 'x');
            co_return here.answer(packet::submit{asked.id, as_bytes(large)});
        };
        server::router router;
        if (concurrent) router.on<lookup>(too_much, server::concurrent(2));
        else router.on<lookup>(too_much);
        running_server server(router, {.codec = frame::length_field::prefix_self(4, 1000)});
        raw_peer peer(server.port());
        peer.say(wire(lookup{id_of(1), 0}));
        BOOST_TEST(peer.hear_all() == "");
        const server::ending end = server.recorded().next_ending();
        BOOST_TEST(end.why == make_error_code(server::errc::answer_too_long));
        BOOST_TEST(!end.is_breach());
    }
}

BOOST_AUTO_TEST_CASE(hooks_see_a_connection_open_greet_and_close) {
    std::atomic<int> opened = 0;
    std::atomic<int> closed = 0;
    server::router router = acking();
    router.on_open([&](server::context&) { ++opened; });
    router.greeting<packet::conn>([](server::context&, const packet::conn& said) -> server::entry<packet::conn_ack> {
        if (as_text(said.payload) != "friend") return {{said.id, packet::outcome::error}};
        return {{said.id}, server::anybody()};
    });
    router.on_close([&](server::context&, const server::ending&) { ++closed; });
    running_server server(router);

    raw_peer friendly(server.port());
    friendly.say(wire(packet::conn{id_of(1), as_bytes("friend")}) + submit_frame(2));
    BOOST_TEST(friendly.hear(28) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}) + ack_frame(2));
    friendly.close_write();
    BOOST_TEST(friendly.hear_all() == "");
    static_cast<void>(server.recorded().next_ending());

    raw_peer stranger(server.port());
    stranger.say(wire(packet::conn{id_of(1), as_bytes("stranger")}) + submit_frame(2));
    BOOST_TEST(stranger.hear_all() == wire(packet::conn_ack{id_of(1), packet::outcome::error}));
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST(end.why == make_error_code(server::errc::refused));
    BOOST_TEST(end.text() == "client refused");
    BOOST_TEST(opened == 2);
    BOOST_TEST(closed == 2);
}

// An option of the user's that may be empty is as if nobody had called on_open().
BOOST_AUTO_TEST_CASE(hooks_that_are_empty_are_none) {
    const std::function<void(server::context&)> nothing;
    server::router router = acking();
    router.on_open(nothing).on_open({}).on_close(nullptr);
    running_server server(router);
    {
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        BOOST_TEST(peer.hear(14) == ack_frame(1));
    }
    BOOST_TEST((server.recorded().next_ending().why == condition::ended));
}

BOOST_AUTO_TEST_SUITE_END()
