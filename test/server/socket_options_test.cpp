// That the socket options of server, client and swarm reach their sockets: each is told something the system refuses.
#include "support/running_server.hpp"

#include <hawser/client.hpp>
#include <hawser/client/reconnecting_client.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/run.hpp>
#include <hawser/swarm/swarm.hpp>

#include <boost/test/unit_test.hpp>

namespace {

using namespace hawser;

constexpr io::socket_options nonsense{.keep_alive_idle = std::chrono::seconds(0)};

io::address to(std::uint16_t port) { return {.host = "127.0.0.1", .port = port}; }

io::task<error_code> connect(io::address where, client::options settings) {
    const result<client::client> made = co_await client::client::connect(std::move(where), settings);
    co_return made ? error_code() : made.error();
}

io::task<error_code> first_failure(io::address where) {
    const io::executor here = co_await io::this_executor;
    io::event changed(here);
    client::connection_state seen;
    client::reconnecting_options settings;
    settings.connection.sockets = nonsense;
    settings.watch = [&](std::size_t, const client::connection_state& is) {
        seen = is;
        changed.notify();
    };
    client::reconnecting_client client(here, std::move(where), settings);
    using phase = client::connection_state::phase;
    while (seen.now == phase::dialling || seen.now == phase::greeting) co_await changed.wait();
    const error_code failure = seen.last_failure;
    co_await client.close();
    co_return failure;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(socket_options)

BOOST_AUTO_TEST_CASE(a_server_tells_them_its_listeners) {
    server::server server({.listen = {"127.0.0.1:0"}, .sockets = nonsense}, test::acking());
    const auto started = server.start();
    BOOST_TEST_REQUIRE(!started);
    BOOST_TEST(server.failure() == "cannot listen on 127.0.0.1:0: Invalid argument");
}

BOOST_AUTO_TEST_CASE(a_server_does_not_serve_streams_at_a_udp_address) {
    server::server server({.listen = {"udp:127.0.0.1:0"}}, test::acking());
    const auto started = server.start();
    BOOST_TEST_REQUIRE(!started);
    BOOST_TEST(
        server.failure().starts_with("cannot listen on udp:127.0.0.1:0: a udp address, and datagrams have no handler"));
}

BOOST_AUTO_TEST_CASE(a_client_and_a_swarm_tell_them_their_sockets) {
    test::running_server running(test::acking());
    const client::options told{.sockets = nonsense};
    BOOST_TEST((io::run(connect(to(running.port()), told)) == condition::misuse));
    swarm::swarm swarm({.connect = to(running.port()), .clients = 1, .count = 1, .sockets = nonsense});
    const swarm::report report = io::run(swarm.run());
    BOOST_TEST(report.errors == 1U);
    BOOST_TEST(report.first_error.ends_with("Invalid argument"), report.first_error);
}

BOOST_AUTO_TEST_CASE(a_client_that_reconnects_tells_them_its_sockets) {
    test::running_server running(test::acking());
    BOOST_TEST((io::run(first_failure(to(running.port()))) == condition::misuse));
}

BOOST_AUTO_TEST_SUITE_END()
