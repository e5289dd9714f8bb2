// The swarm as a part of a program: what the e2e tests of hawser-swarm cannot see from outside.
#include "support/busy_socket.hpp"
#include "support/run.hpp"
#include "support/running_server.hpp"

#include <hawser/swarm/swarm.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

using namespace hawser;
using namespace std::chrono_literals;

namespace {

io::task<void> run_into(swarm::swarm& swarm, swarm::report& into) { into = co_await swarm.run(); }

// Stops the swarm, or throws, when it is told of a number of answers; and looks at the counts each time.
struct watcher : swarm::swarm_events {
    void dialed(std::uint32_t) override {}
    void sent(std::uint32_t, bytes, std::size_t) override {}
    void answered(std::uint32_t, bytes, swarm::ledger::verdict) override {
        ++told;
        counted += swarm->running().acked == told;
        if (told == last && throws) throw std::runtime_error("seen enough");
        if (told == last) swarm->stop();
    }
    void exited(std::uint32_t, const std::string&) override {}

    swarm::swarm* swarm = nullptr;
    std::uint64_t last = 0;
    bool throws = false;
    std::uint64_t told = 0;
    std::uint64_t counted = 0;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(swarms)

BOOST_AUTO_TEST_CASE(stopping_abandons_dials_that_hang) {
    const test::busy_socket silent;
    const io::address where{.host = "127.0.0.1", .port = silent.port()};
    io::asio::io_context context;
    swarm::swarm swarm({.connect = where, .clients = 3, .timeout = 1h});
    swarm::report report;
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

BOOST_AUTO_TEST_CASE(one_that_is_stopped_before_it_runs_connects_nobody_and_ends) {
    io::asio::io_context context;
    swarm::swarm swarm(
        {.connect = {.host = "127.0.0.1", .port = 1}, .clients = 3, .connect_rate = 0.001, .reconnect = true});
    swarm.stop();
    swarm::report report;
    test::run(context, run_into(swarm, report));
    BOOST_TEST(report.interrupted);
    BOOST_TEST(report.sent == 0U);
    BOOST_TEST(report.errors == 0U);
}

BOOST_AUTO_TEST_CASE(what_the_schedule_had_and_nobody_was_there_for_is_unsent) {
    const test::busy_socket silent;   // where a connection is never accepted
    const io::address where{.host = "127.0.0.1", .port = silent.port()};
    for (const auto pattern : {swarm::arrival_pattern::even, swarm::arrival_pattern::bursts}) {
        io::asio::io_context context;
        swarm::swarm swarm({.connect = where,
                            .clients = 3,
                            .count = {},
                            .rate = swarm::load_shape({{200ms, 500, 500}}),
                            .arrivals = {.pattern = pattern, .burst = 7},
                            .timeout = 50ms});
        swarm::report report;
        test::run(context, run_into(swarm, report));
        BOOST_TEST(report.sent == 0U);
        BOOST_TEST((report.unsent == swarm::unsent_requests{.by_server = 100}));
        BOOST_TEST((swarm.so_far().unsent == report.unsent));
        BOOST_TEST(!report.good());
    }
}

BOOST_AUTO_TEST_CASE(a_count_is_a_plan_too_but_not_what_is_left_of_it_when_it_is_stopped) {
    for (const bool stops : {false, true}) {
        const test::running_server server(test::acking());
        io::asio::io_context context;
        watcher looks;
        swarm::swarm swarm(
            {.connect = {.host = "127.0.0.1", .port = server.port()}, .clients = 2, .count = 50, .interval = 0ms},
            &looks);
        looks.swarm = &swarm;
        looks.last = stops ? 10 : 0;
        swarm::report report;
        test::run(context, run_into(swarm, report));
        BOOST_TEST(report.unsent.sum() == 0U);
        BOOST_TEST(report.good() == !stops);
    }
    const test::busy_socket silent;
    io::asio::io_context context;
    swarm::swarm swarm(
        {.connect = {.host = "127.0.0.1", .port = silent.port()}, .clients = 2, .count = 50, .timeout = 50ms});
    swarm::report report;
    test::run(context, run_into(swarm, report));
    BOOST_TEST((report.unsent == swarm::unsent_requests{.by_server = 100}));
}

BOOST_AUTO_TEST_CASE(what_the_making_of_a_request_throws_comes_out_and_nothing_is_left_running) {
    for (const std::uint64_t good_ones : {0U, 1U}) {   // thrown in the turn of the reader, and by the clock
        const test::running_server server(test::acking());
        io::asio::io_context context;
        swarm::plan plan{.connect = {.host = "127.0.0.1", .port = server.port()},
                         .clients = 2,
                         .interval = 10ms,
                         .ping_interval = 1h};
        std::uint64_t made = 0;
        plan.traffic.make = [&made, good_ones, usual = plan.traffic.make](std::uint32_t number,
                                                                          swarm::random_values& values,
                                                                          byte_buffer& into) {
            if (made++ >= 2 * good_ones) throw std::runtime_error("no more");
            return usual(number, values, into);
        };
        swarm::swarm swarm(plan);
        swarm::report report;
        BOOST_CHECK_EXCEPTION(test::run(context, run_into(swarm, report)), std::runtime_error,
                              [](const std::runtime_error& what) { return std::string(what.what()) == "no more"; });
        BOOST_TEST(swarm.connected() == 0U);
        swarm.stop();
        test::expect_nothing_left(context);
    }
}

BOOST_AUTO_TEST_CASE(whoever_is_told_of_an_answer_finds_it_counted) {
    for (const bool throws : {false, true}) {
        const test::running_server server(test::acking());
        io::asio::io_context context;
        watcher looks;
        swarm::swarm swarm({.connect = {.host = "127.0.0.1", .port = server.port()},
                            .clients = 1,
                            .count = {},
                            .interval = 0ms,
                            .window = 64},
                           &looks);
        looks.swarm = &swarm;
        looks.last = 100;   // answers come many together
        looks.throws = throws;
        swarm::report report;
        if (throws) BOOST_CHECK_THROW(test::run(context, run_into(swarm, report)), std::runtime_error);
        else test::run(context, run_into(swarm, report));
        BOOST_TEST(looks.counted == looks.told);
        BOOST_TEST(swarm.so_far().acked == looks.told);
        BOOST_TEST(looks.told >= looks.last);
        test::expect_nothing_left(context);
    }
}

BOOST_AUTO_TEST_SUITE_END()
