// What users write in braces inside a co_await. g++ 12 copies such an aggregate by its bytes and destroys it twice, so all of ours must
// bear that: a std::string in an address was "free(): invalid pointer".
#include <support/server_at_both.hpp>

#include <hawser/client.hpp>
#include <hawser/io/datagram_socket.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <type_traits>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

template <class Type>
constexpr bool bears_braces = std::is_trivially_copyable_v<Type> && std::is_trivially_destructible_v<Type>;

static_assert(bears_braces<io::address>);
static_assert(bears_braces<io::endpoint>);
static_assert(bears_braces<io::socket_options>);
static_assert(bears_braces<io::frame_limits>);
static_assert(bears_braces<io::memory_options>);
static_assert(bears_braces<client::options>);
static_assert(bears_braces<frame::any_codec>);
static_assert(bears_braces<frame::label>);
static_assert(bears_braces<server::push_as>);

struct places {
    std::uint16_t port;
    std::string path;
    std::uint16_t datagrams;
};

io::task<int> dials(places at) {
    int reached = 0;
    reached += (co_await io::dial({.host = "127.0.0.1", .port = at.port}, 5s)).has_value();
    reached += (co_await io::dial({.host = "localhost", .port = at.port}, 5s, {.send_buffer = 8192, .receive_buffer = 8192})).has_value();
    reached += (co_await io::dial({.what = io::address::kind::unix_path, .path = at.path}, 5s)).has_value();
    auto socket = co_await io::dial_datagrams({.what = io::address::kind::udp, .host = "127.0.0.1", .port = at.datagrams}, 5s);
    BOOST_TEST_REQUIRE(socket.has_value());
    const std::string text = "hello";
    const error_code sent = co_await (*socket)->send(as_bytes(text));
    co_return sent ? reached : reached + 1;
}

io::task<int> asks(places at) {
    auto connected = co_await client::client::connect({.host = "127.0.0.1", .port = at.port},
                                                      {.connect_timeout = 5s,
                                                       .codec = frame::any_codec(),
                                                       .limits = {.outbound_cap = 100'000},
                                                       .sockets = {.send_buffer = 8192}});
    BOOST_TEST_REQUIRE(connected.has_value());
    const packet::submit question{.payload = as_bytes("in braces")};   // a packet is named first
    const auto answer = co_await connected->request(question);
    co_return answer.has_value() ? 1 : 0;
}

io::task<int> publishes(server::server& on) {
    const packet::go_away news{.milliseconds = 1};
    const result<void> published = co_await on.publish(news, {.message_class = 1, .key = 2, .policy = frame::slow_consumer::drop_newest});
    co_return published.has_value() ? 1 : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(braces)

BOOST_AUTO_TEST_CASE(what_is_written_in_braces_inside_a_co_await_arrives_as_it_was_written) {
    server_at_both at_both("a path that is too long for a std::string to have it inside of itself", 1);
    io::asio::io_context context;
    const io::address any_port{.what = io::address::kind::udp, .host = "127.0.0.1"};
    const auto datagrams = io::listen_datagrams(context.get_executor(), any_port);
    BOOST_TEST_REQUIRE(datagrams.has_value());
    const places at{.port = at_both.server.port(), .path = at_both.path, .datagrams = (*datagrams)->local().port};
    for (int round = 0; round < 3; ++round) {
        BOOST_TEST(io::run(dials(at)) == 4);
        BOOST_TEST(io::run(asks(at)) == 1);
        BOOST_TEST(io::run(publishes(at_both.server)) == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_too_long_for_an_address_is_refused) {
    BOOST_CHECK_THROW(io::address{.host = std::string(254, 'x')}, std::length_error);
    BOOST_CHECK_THROW(io::address{.path = std::string(108, 'x')}, std::length_error);
    BOOST_TEST((io::address::parse(std::string(254, 'x') + ":1").error() == hawser::errc::bad_address));
    BOOST_TEST((io::address::parse(std::string(253, 'x') + ":1").has_value()));
}

BOOST_AUTO_TEST_SUITE_END()
