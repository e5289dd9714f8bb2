// What takes a while has its share of the time, and what takes none is done as often as is asked.
#include <swarm/program/view/duty_cycle.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace hawser;
using namespace std::chrono_literals;
using swarm_program::duty_cycle;

BOOST_AUTO_TEST_SUITE(duty_cycles)

BOOST_AUTO_TEST_CASE(the_first_time_is_at_once) { BOOST_TEST(duty_cycle(50).is_due(io::time_point())); }

BOOST_AUTO_TEST_CASE(what_took_a_while_waits_for_its_share) {
    duty_cycle counting(50);
    const io::time_point now(1h);
    counting.took(10ms, now);
    BOOST_TEST(!counting.is_due(now));
    BOOST_TEST(!counting.is_due(now + 499ms));
    BOOST_TEST(counting.is_due(now + 500ms));
}

BOOST_AUTO_TEST_CASE(what_took_no_time_is_always_due) {
    duty_cycle counting(50);
    const io::time_point now(1h);
    counting.took(0ms, now);
    BOOST_TEST(counting.is_due(now));
    counting.took(-1ms, now);   // a clock of another processor
    BOOST_TEST(counting.is_due(now));
}

BOOST_AUTO_TEST_SUITE_END()
