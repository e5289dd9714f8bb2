// Lines of the log are for machines too: they are the same whatever locale the program has.
#include <support/foreign_locale.hpp>
#include <support/replaced_error.hpp>

#include <hawser/log/log.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace hawser::log {

namespace {

using namespace std::chrono_literals;
using test::lines_with;

}   // namespace

BOOST_FIXTURE_TEST_SUITE(log_in_a_foreign_locale, test::foreign_locale)

BOOST_AUTO_TEST_CASE(numbers_have_a_point_and_no_groups) {
    test::replaced_error error;
    {
        const writer lines(level::debug);
        server_events events;
        const server::peer who{.number = 1'234'567, .address = {}};
        server::ending how;
        how.frames_in = 7'654'321;
        how.skips = 1'000;
        how.lasted = 1'234'500ms;
        events.planned({.budget = 1'610'612'736, .threads = 1'000, .connections = 10'000});
        events.opened(who);
        events.closed(who, how);
        events.stopping(1'234);
    }
    const std::string all = error.rest();
    BOOST_TEST_CONTEXT(all) {
        BOOST_TEST(lines_with(all, "memory: 1.5 GiB") == 1U);
        BOOST_TEST(lines_with(all, "connection 1234567 from ") == 2U);
        BOOST_TEST(lines_with(all, "; 7654321 frames in, 0 out, 1000 times dropped, 1234.5 s\n") == 1U);
        BOOST_TEST(lines_with(all, "stopping: 1234 connections to drain\n") == 1U);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::log
