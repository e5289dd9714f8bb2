// What users write in braces inside a co_await. g++ 12 copies such an aggregate by its bytes and destroys it twice, so
// all of ours must bear that: a std::string in an address was "free(): invalid pointer".
#include <support/server_at_both.hpp>

#include <hawser/client.hpp>
#include <hawser/io/address_block.hpp>
#include <hawser/io/datagram_socket.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/memory.hpp>
#include <hawser/io/offload.hpp>
#include <hawser/io/queue.hpp>
#include <hawser/io/run.hpp>
#include <hawser/swarm/swarm.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

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
static_assert(bears_braces<server::concurrent>);
static_assert(bears_braces<client::back_off_options>);
static_assert(bears_braces<swarm::arrivals> && bears_braces<swarm::swarm::part>);
static_assert(bears_braces<frame::length_layout> && bears_braces<frame::varint_layout> &&
              bears_braces<frame::base64_layout>);
static_assert(bears_braces<frame::delimiter_layout>);
static_assert(bears_braces<frame::marked_layout> && bears_braces<frame::window>);
static_assert(bears_braces<io::address_block>);
static_assert(bears_braces<packet::id> && bears_braces<packet::conn> && bears_braces<packet::submit> &&
              bears_braces<packet::ping>);
static_assert(bears_braces<packet::text<std::uint8_t>> && bears_braces<packet::octets<std::uint8_t>>);

// What owns memory does not bear them. Where it would be given inside of a co_await it is refused, unless it has a name
// (test/arch/constants.py has the refusals).
struct named {
    static constexpr packet::command<std::uint8_t> code{0x31};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::text<std::uint8_t, std::string> name = {};
};
BOOST_DESCRIBE_STRUCT(named, (), (id, name))
static_assert(!io::safe_to_await<named> && io::safe_to_await<named&> && io::safe_to_await<const named&>);

struct naming : packet::protocol<named, packet::submit_ack> {};

// A plan owns memory, too, so a swarm has a name before it is awaited.
template <class Swarm>
concept runs = requires(Swarm&& of) { std::forward<Swarm>(of).run(); };
static_assert(runs<swarm::swarm&> && !runs<swarm::swarm>);

// With a constructor it is no aggregate, and bears them.
struct note {
    explicit note(std::string said) : text(std::move(said)) {}
    std::string text;
};

const std::string long_text = "a text that is too long for a std::string to have it inside of itself";

struct places {
    std::uint16_t port;
    std::string path;
    std::uint16_t datagrams;
};

io::task<int> dials(places at) {
    int reached = 0;
    reached += (co_await io::dial({.host = "127.0.0.1", .port = at.port}, 5s)).has_value();
    reached += (co_await io::dial({.host = "localhost", .port = at.port}, 5s,
                                  {.send_buffer = 8192, .receive_buffer = 8192}))
                   .has_value();
    reached += (co_await io::dial({.what = io::address::kind::unix_path, .path = at.path}, 5s)).has_value();
    auto socket = co_await io::dial_datagrams(
        {.what = io::address::kind::udp, .host = "127.0.0.1", .port = at.datagrams}, 5s);
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

// What ends a frame is text of the user's.
io::task<int> asks_in_records(std::uint16_t port) {
    const std::vector<std::string> ends{long_text, "another"};
    auto connected = co_await client::client::connect(
        {.host = "127.0.0.1", .port = port},
        {.codec = frame::delimiter({.marks = {long_text, "one"}, .max_frame = 4096}),
         .answer_codec = frame::any_codec(frame::delimiter({.marks = ends}))});
    BOOST_TEST_REQUIRE(connected.has_value());
    const packet::submit question{.payload = as_bytes("in braces")};
    const auto answer = co_await connected->request(question);
    co_return answer.has_value() ? 1 : 0;
}

io::task<int> names(std::uint16_t port) {
    auto connected = co_await client::client::connect({.host = "127.0.0.1", .port = port}, {.speaks = naming{}});
    BOOST_TEST_REQUIRE(connected.has_value());
    const named given{.id = {}, .name = long_text};
    const auto answer = co_await connected->request(given);
    co_return (answer && answer->result == packet::outcome::ok && given.name == long_text) ? 1 : 0;
}

io::task<int> pushes() {
    io::queue<named> packets(co_await io::this_executor, 2);
    io::queue<std::variant<int, note>> notes(co_await io::this_executor, 2);
    const named given{.id = {}, .name = long_text};
    const error_code pushed = co_await packets.push(given);
    const error_code noted = co_await notes.push(note{long_text});
    const auto popped = co_await packets.pop();
    const auto heard = co_await notes.pop();
    const auto makes_longer = [given] { return std::string(given.name) + "!"; };
    const std::string longer = co_await io::offload(makes_longer);
    co_return !pushed && !noted && popped->name == long_text && std::get<note>(*heard).text == long_text &&
            longer == long_text + "!"
        ? 1
        : 0;
}

io::task<int> publishes(server::server& on) {
    const packet::go_away news{.milliseconds = 1};
    const result<void> published = co_await on.publish(
        news, {.message_class = 1, .key = 2, .policy = frame::slow_consumer::drop_newest});
    co_return published.has_value() ? 1 : 0;
}

}   // namespace

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

BOOST_AUTO_TEST_CASE(a_format_with_texts_of_the_users_may_be_written_in_braces_too) {
    server::config settings;
    settings.codec = frame::delimiter({.marks = {long_text, "one"}, .max_frame = 4096});
    settings.answer_codec = frame::delimiter({.marks = {long_text, "another"}});
    running_server server(acking(), settings);
    for (int round = 0; round < 3; ++round) BOOST_TEST(io::run(asks_in_records(server.port())) == 1);
}

BOOST_AUTO_TEST_CASE(what_owns_memory_is_given_by_its_name_or_has_a_constructor) {
    server::router router{naming{}};
    router.on<named>([](server::context&, const named& given) {
        return packet::submit_ack{given.id, given.name == long_text ? packet::outcome::ok : packet::outcome::error};
    });
    running_server server(router);
    for (int round = 0; round < 3; ++round) {
        BOOST_TEST(io::run(names(server.port())) == 1);
        BOOST_TEST(io::run(pushes()) == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_too_long_for_an_address_is_refused) {
    BOOST_CHECK_THROW(io::address{.host = std::string(254, 'x')}, std::length_error);
    BOOST_CHECK_THROW(io::address{.path = std::string(108, 'x')}, std::length_error);
    BOOST_TEST((io::address::parse(std::string(254, 'x') + ":1").error() == hawser::errc::bad_address));
    BOOST_TEST((io::address::parse(std::string(253, 'x') + ":1").has_value()));
}

BOOST_AUTO_TEST_SUITE_END()
