// The verdict about one attack.
#include <swarm/program/attack/attack.hpp>
#include <swarm/program/attack/attack_result.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace hawser;
using namespace hawser::swarm_program;
using namespace std::chrono_literals;

namespace {

// Ten seconds of 200 requests a second in which so many were never sent, all others were answered within a millisecond.
attack_result with_unsent(const swarm::unsent_requests& unsent) {
    attack_result one{.is_up = true};
    one.attackers.connected = 1;
    one.good.report.planned_seconds = 10;
    one.good.report.unsent = unsent;
    one.good.report.sent = one.good.report.acked = 2000 - unsent.sum();
    one.good.report.latency_from_schedule.record(1ms);
    judge(one, {.p99 = 1ms, .p99_within = 500ms});
    return one;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(attack_results)

BOOST_AUTO_TEST_CASE(
    requests_that_a_server_kept_from_being_sent_are_held_against_it_as_if_they_had_waited_for_an_answer) {
    BOOST_TEST((with_unsent({}).verdict == attack_verdict::passed));
    BOOST_TEST((with_unsent({.by_server = 100}).verdict == attack_verdict::passed));   // half a second's
    const attack_result late = with_unsent({.by_server = 240});
    BOOST_TEST((late.verdict == attack_verdict::failed));
    BOOST_TEST_REQUIRE(late.reasons.size() == 1U);
    BOOST_TEST(late.reasons.front() ==
               "good clients could not send 240 requests, the first 1.2 s late, and 500 ms would pass");
}

BOOST_AUTO_TEST_CASE(requests_that_its_own_thread_or_window_kept_back_are_not_held_against_the_server) {
    BOOST_TEST((with_unsent({.by_window = 240, .by_generator = 240}).verdict == attack_verdict::passed));
}

BOOST_AUTO_TEST_SUITE_END()
