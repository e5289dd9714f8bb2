// What no handler takes: unknown commands, packets without a handler, malformed bodies; and what handlers return beside
// their answer.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// A gateway's protocol: a number that answers are matched by, a function, what it is about.
struct value {
    static constexpr packet::command<std::uint8_t, 2> code{0x83};
    boost::endian::big_uint16_t id;
    boost::endian::big_uint16_t number;
};
BOOST_DESCRIBE_STRUCT(value, (), (id, number))
struct exception {
    static constexpr packet::command<std::uint8_t, 2> code{0xff};
    boost::endian::big_uint16_t id;
    std::uint8_t why;
};
BOOST_DESCRIBE_STRUCT(exception, (), (id, why))
struct ask {
    static constexpr packet::command<std::uint8_t, 2> code{0x03};
    using reply = value;
    boost::endian::big_uint16_t id;
    boost::endian::big_uint16_t address;
};
BOOST_DESCRIBE_STRUCT(ask, (), (id, address))
struct gateway : packet::protocol<ask, value, exception> {};

constexpr std::uint8_t illegal_function = 1;
constexpr std::uint8_t illegal_address = 2;
constexpr std::uint8_t illegal_value = 3;

// Odd addresses there are none, nothing is said about 100, and 200 is the end.
std::variant<value, exception, std::monostate, server::breach> on_read(server::context&, const ask& asked) {
    if (asked.address == 100) return std::monostate();
    if (asked.address == 200) return server::breach();
    if (asked.address % 2 == 1) return exception{asked.id, illegal_address};
    return value{asked.id, asked.address};
}

io::task<std::variant<value, exception, std::monostate, server::breach>> on_read_later(server::context& here,
                                                                                       const ask& asked) {
    co_await io::sleep(1ms);
    co_return on_read(here, asked);
}

std::uint16_t id_in(bytes body) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(body[0]) << 8 | std::to_integer<unsigned>(body[1]));
}

// Of what has no number: the end.
std::variant<exception, server::breach> on_other(server::context&, const server::unhandled& what) {
    if (what.body.size() < 3) return server::breach();
    const bool is_known = what.why != packet::errc::unknown_command;
    return exception{id_in(what.body), is_known ? illegal_value : illegal_function};
}

io::task<std::variant<exception, server::breach>> on_other_later(server::context& here, const server::unhandled& what) {
    co_await io::sleep(1ms);
    co_return on_other(here, what);
}

std::string framed_text(std::string_view body) {
    byte_buffer out;
    BOOST_REQUIRE(!frame::any_codec().encode(as_bytes(body), out));
    return std::string(as_text(out.view()));
}

using namespace std::string_view_literals;

const std::string unknown = framed_text("\0\7\x2b\0\0"sv);    // function 0x2b
const std::string longer = framed_text("\0\x8\x3\0\2x"sv);    // a read with a byte behind it
const std::string shorter = framed_text("\0\x9\x3\0"sv);      // one that ends in its address
const std::string unasked = framed_text("\0\xa\x83\0\1"sv);   // an answer
const std::string stump = framed_text("\0"sv);

// Every way to have handlers.
std::vector<server::router> all_kinds() {
    std::vector<server::router> kinds(4, server::router(gateway{}));
    kinds[0].on<ask>(on_read).otherwise(on_other);
    kinds[1].on<ask>(on_read).otherwise(on_other_later);
    kinds[2].on<ask>(on_read_later).otherwise(on_other_later);
    kinds[3].on<ask>(on_read_later, server::concurrent(1)).otherwise(on_other);
    return kinds;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(unhandled)

BOOST_AUTO_TEST_CASE(what_no_handler_takes_is_answered_by_otherwise_and_the_connection_goes_on) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        for (int i = 0; i < 3; ++i) {
            peer.say(unknown + longer);
            const std::string first = wire(exception{7, illegal_function}) + wire(exception{8, illegal_value});
            BOOST_TEST(peer.hear(first.size()) == first);
            peer.say(shorter + unasked);
            const std::string next = wire(exception{9, illegal_value}) + wire(exception{10, illegal_value});
            BOOST_TEST(peer.hear(next.size()) == next);
            peer.say(wire(ask{11, 2}));
            BOOST_TEST(peer.hear(wire(value{11, 2}).size()) == wire(value{11, 2}));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_handler_returns_one_of_several_answers_or_none) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(wire(ask{1, 2}) + wire(ask{2, 100}) + wire(ask{3, 5}) + wire(ask{4, 6}));
        const std::string want = wire(value{1, 2}) + wire(exception{3, illegal_address}) + wire(value{4, 6});
        BOOST_TEST(peer.hear(want.size()) == want);
    }
}

BOOST_AUTO_TEST_CASE(a_breach_that_a_handler_returns_ends_the_connection_and_says_which_packet) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(wire(ask{1, 200}));
        BOOST_TEST(peer.hear_all() == "");
        const server::ending end = server.recorded().next_ending();
        BOOST_TEST(end.why == make_error_code(server::errc::breach));
        BOOST_TEST(end.is_breach());
        BOOST_TEST(end.detail == "ask");
    }
}

BOOST_AUTO_TEST_CASE(a_breach_that_otherwise_returns_is_what_it_was_called_for) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(stump);
        BOOST_TEST(peer.hear_all() == "");
        const server::ending end = server.recorded().next_ending();
        BOOST_TEST(end.why == make_error_code(packet::errc::short_body));
        BOOST_TEST(end.is_breach());
    }
}

BOOST_AUTO_TEST_CASE(without_otherwise_an_unknown_command_is_a_breach) {
    server::router routes(gateway{});
    routes.on<ask>(on_read);
    running_server server(routes);
    raw_peer peer(server.port());
    peer.say(unknown);
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(packet::errc::unknown_command));
}

BOOST_AUTO_TEST_CASE(otherwise_is_told_why_and_where) {
    std::vector<server::unhandled> seen;
    std::vector<std::string> said;
    server::router routes(gateway{});
    routes.on<ask>(on_read).otherwise([&](server::context&, const server::unhandled& what) {
        seen.push_back(what);
        said.push_back(what.message());
    });
    running_server server(routes, {.threads = 1});
    raw_peer peer(server.port());
    peer.say(unknown + longer + shorter + unasked + stump + wire(ask{1, 2}));
    BOOST_TEST(peer.hear(wire(value{1, 2}).size()) == wire(value{1, 2}));
    BOOST_REQUIRE(seen.size() == 5U);
    BOOST_TEST(seen[0].why == make_error_code(packet::errc::unknown_command));
    BOOST_TEST(seen[1].why == make_error_code(packet::errc::trailing_bytes));
    BOOST_TEST(seen[1].offset == 5U);
    BOOST_TEST(seen[2].place() == "ask.address");
    BOOST_TEST(seen[3].why == make_error_code(server::errc::no_handler));
    BOOST_TEST(seen[3].packet == "value");
    BOOST_TEST(seen[4].field == "command");
    BOOST_TEST(said[0] == "unknown command at offset 2");
    BOOST_TEST(said[2] == "packet shorter than its fields: ask.address at offset 3");
    BOOST_TEST(said[3] == "packet without a handler: value at offset 2");
}

BOOST_AUTO_TEST_CASE(an_otherwise_that_throws_ends_its_connection_and_no_other) {
    server::router routes(gateway{});
    routes.on<ask>(on_read).otherwise([](server::context&, const server::unhandled& what) {
        throw std::runtime_error(what.message());
    });
    running_server server(routes);
    raw_peer good(server.port());
    raw_peer peer(server.port());
    peer.say(wire(ask{1, 2}) + unknown);
    BOOST_TEST(peer.hear_all() == wire(value{1, 2}));
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST(end.why == make_error_code(server::errc::handler_failed));
    BOOST_TEST(end.detail == "unknown command at offset 2");
    good.say(wire(ask{1, 4}));
    BOOST_TEST(good.hear(wire(value{1, 4}).size()) == wire(value{1, 4}));
}

BOOST_AUTO_TEST_CASE(a_frame_that_cannot_be_cut_is_a_breach_all_the_same) {
    server::router routes(gateway{});
    routes.on<ask>(on_read).otherwise(on_other);
    running_server server(routes);
    raw_peer peer(server.port());
    peer.say(std::string(8, '\xff'));
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(hawser::errc::too_long));
}

BOOST_AUTO_TEST_SUITE_END()
