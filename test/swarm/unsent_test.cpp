// Who is to blame that requests were not sent.
#include <hawser/swarm/unsent.hpp>

#include <boost/test/unit_test.hpp>

using hawser::swarm::blame;
using hawser::swarm::load_conditions;
using hawser::swarm::unsent_requests;

namespace {

// Some of each, 100 of which waited for room in a window.
constexpr unsent_requests waited{.by_server = 1, .by_window = 100, .by_generator = 10};

}   // namespace

BOOST_AUTO_TEST_SUITE(unsent)

BOOST_AUTO_TEST_CASE(a_window_that_no_server_could_have_done_with_is_to_blame_itself) {
    // 5 requests in flight, each answered after 2 ms at best, are 2500 a second.
    BOOST_TEST((blame(waited, {.window = 5, .rate = 2501, .fastest = 0.002}) == waited));
    BOOST_TEST((blame(waited, {.window = 5, .rate = 2499, .fastest = 0.002}) == unsent_requests{101, 0, 10}));
}

BOOST_AUTO_TEST_CASE(a_server_that_answered_nothing_is_to_blame) {
    BOOST_TEST((blame(waited, {.window = 1, .rate = 1e6, .fastest = 0}) == unsent_requests{101, 0, 10}));
}

BOOST_AUTO_TEST_CASE(a_generator_without_time_blames_nobody_else_for_what_it_did_not_read) {
    BOOST_TEST((blame(waited, {.thread_had_time = false, .window = 5, .rate = 1e6, .fastest = 0.002}) ==
                unsent_requests{1, 0, 110}));
}

BOOST_AUTO_TEST_SUITE_END()
