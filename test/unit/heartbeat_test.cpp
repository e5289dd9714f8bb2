// A heartbeat on a clock of the test's own.
#include <hawser/io/heartbeat.hpp>

#include <boost/test/unit_test.hpp>

using namespace hawser;
using namespace std::chrono_literals;
using action = io::heartbeat::action;

namespace {

constexpr io::time_point start{1'000s};

}   // namespace

BOOST_AUTO_TEST_SUITE(heartbeats)

BOOST_AUTO_TEST_CASE(a_peer_that_talks_is_never_pinged) {
    io::heartbeat pulse(30s, 2, start);
    for (auto now = start; now < start + 1h; now += 29s) {
        BOOST_TEST((pulse.due(now) == action::nothing));
        pulse.heard(now);
        BOOST_TEST((pulse.next() == now + 30s));
    }
    BOOST_TEST(pulse.number() == 0U);
}

BOOST_AUTO_TEST_CASE(silence_is_pinged_once_an_interval_and_lost_after_the_misses) {
    io::heartbeat pulse(30s, 2, start);
    BOOST_TEST((pulse.due(start + 30s) == action::ping));
    BOOST_TEST((pulse.due(start + 31s) == action::nothing));
    BOOST_TEST((pulse.due(start + 60s) == action::ping));
    BOOST_TEST(pulse.number() == 2U);
    BOOST_TEST((pulse.due(start + 89s) == action::nothing));
    BOOST_TEST((pulse.next() == start + 90s));
    BOOST_TEST((pulse.due(start + 90s) == action::lost));
    BOOST_TEST((pulse.due(start + 91s) == action::lost));   // whoever asks again is told again
}

BOOST_AUTO_TEST_CASE(any_sign_of_life_forgives_the_misses) {
    io::heartbeat pulse(10s, 1, start);
    BOOST_TEST((pulse.due(start + 10s) == action::ping));
    pulse.heard(start + 19s);
    BOOST_TEST((pulse.due(start + 20s) == action::nothing));
    BOOST_TEST((pulse.due(start + 29s) == action::ping));
    BOOST_TEST((pulse.due(start + 39s) == action::lost));
}

BOOST_AUTO_TEST_CASE(who_asks_late_gives_each_ping_its_whole_interval_all_the_same) {
    io::heartbeat pulse(10s, 2, start);
    BOOST_TEST((pulse.due(start + 1h) == action::ping));
    BOOST_TEST((pulse.due(start + 1h + 9s) == action::nothing));
    BOOST_TEST((pulse.due(start + 2h) == action::ping));
    BOOST_TEST((pulse.due(start + 2h + 9s) == action::nothing));
    BOOST_TEST((pulse.due(start + 2h + 10s) == action::lost));
}

BOOST_AUTO_TEST_CASE(the_round_trip_is_that_of_the_last_ping_and_its_average_moves_by_an_eighth) {
    io::heartbeat pulse(10s, 3, start);
    BOOST_TEST(!pulse.answered(0, start));   // nothing was asked
    static_cast<void>(pulse.due(start + 10s));
    BOOST_TEST((pulse.answered(1, start + 10s + 80ms) == 80ms));
    BOOST_TEST((pulse.smoothed_round_trip() == 80ms));
    static_cast<void>(pulse.due(start + 20s));
    BOOST_TEST((pulse.answered(2, start + 20s + 160ms) == 160ms));
    BOOST_TEST((pulse.round_trip() == 160ms));
    BOOST_TEST((pulse.smoothed_round_trip() == 90ms));
}

BOOST_AUTO_TEST_CASE(an_answer_to_an_earlier_ping_and_a_second_answer_measure_nothing) {
    io::heartbeat pulse(10s, 3, start);
    static_cast<void>(pulse.due(start + 10s));
    static_cast<void>(pulse.due(start + 20s));
    BOOST_TEST(!pulse.answered(1, start + 21s));
    BOOST_TEST(pulse.answered(2, start + 22s).has_value());
    BOOST_TEST(!pulse.answered(2, start + 23s));
    BOOST_TEST((pulse.round_trip() == 2s));
}

BOOST_AUTO_TEST_CASE(an_interval_of_zero_is_no_heartbeat) {
    io::heartbeat pulse(0s, 2, start);
    pulse.heard(start + 1s);
    BOOST_TEST((pulse.due(start + 24h) == action::nothing));
    BOOST_TEST((pulse.next() == io::time_point::max()));
}

BOOST_AUTO_TEST_CASE(a_misconfigured_zero_of_misses_is_one) {
    io::heartbeat pulse(10s, 0, start);
    BOOST_TEST((pulse.due(start + 10s) == action::ping));
    BOOST_TEST((pulse.due(start + 20s) == action::lost));
}

BOOST_AUTO_TEST_CASE(an_interval_beyond_the_end_of_time_is_never) {
    io::heartbeat pulse(io::duration::max(), 2, start);
    BOOST_TEST((pulse.due(start + 24h) == action::nothing));
}

BOOST_AUTO_TEST_SUITE_END()
