// The swarm as a part of a program: what the e2e tests of hawser-swarm cannot see from outside.
#include "support/busy_socket.hpp"
#include "support/run.hpp"

#include <hawser/client/swarm.hpp>

#include <boost/test/unit_test.hpp>

using namespace hawser;
using namespace std::chrono_literals;

namespace {

io::task<void> run_into(client::swarm& swarm, client::report& into) { into = co_await swarm.run(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(swarms)

BOOST_AUTO_TEST_CASE(stopping_abandons_dials_that_hang) {
    const test::busy_socket silent;
    const io::address where{.host = "127.0.0.1", .port = silent.port()};
    io::asio::io_context context;
    client::swarm swarm({.connect = where, .clients = 3, .timeout = 1h});
    client::report report;
    io::group running(context.get_executor());
    running.spawn(run_into(swarm, report));
    test::settle(context);
    BOOST_TEST(running.running() == 1U);
    swarm.stop();
    test::run(context, running.join());
    BOOST_TEST(report.interrupted);
    BOOST_TEST(report.errors == 0U);   // a dial that we abandoned is no failure of the server
    BOOST_TEST(!report.good());
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_SUITE_END()
