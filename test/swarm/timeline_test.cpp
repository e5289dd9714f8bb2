// What a load did over time, in bounded memory, and that parts of a run add up.
#include <hawser/swarm/report.hpp>
#include <hawser/swarm/timeline.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace hawser;
using namespace std::chrono_literals;
using swarm::timeline;

BOOST_AUTO_TEST_SUITE(timelines)

BOOST_AUTO_TEST_CASE(each_second_has_its_slice_and_those_in_which_nothing_happened_too) {
    timeline times;
    ++times.at(0s).sent;
    ++times.at(999ms).sent;
    ++times.at(3500ms).acked;
    ++times.at(-1s).sent;   // a clock read before the beginning was noted
    BOOST_TEST(times.slices().size() == 4U);
    BOOST_TEST(times.slices()[0].sent == 3U);
    BOOST_TEST(times.slices()[1].sent == 0U);
    BOOST_TEST(times.slices()[3].acked == 1U);
}

BOOST_AUTO_TEST_CASE(a_long_run_has_wider_slices_and_loses_nothing) {
    timeline times;
    constexpr int seconds = 3 * static_cast<int>(timeline::most_slices) + 17;
    for (int second = 0; second < seconds; ++second) {
        timeline::slice& now = times.at(second * 1s + 500ms);
        now.sent += 10;
        now.latency.record(second * 1us);
    }
    BOOST_TEST((times.width() == 4s));
    BOOST_TEST(times.slices().size() == (seconds + 3U) / 4);
    std::uint64_t sent = 0;
    std::uint64_t recorded = 0;
    for (const timeline::slice& one : times.slices()) {
        sent += one.sent;
        recorded += one.latency.count();
    }
    BOOST_TEST(sent == 10U * seconds);
    BOOST_TEST(recorded == static_cast<std::uint64_t>(seconds));
    BOOST_TEST((times.slices()[2].latency.max() == 11us));   // the seconds 8 to 11
}

BOOST_AUTO_TEST_CASE(a_jump_far_ahead_is_bounded_too) {
    timeline times;
    ++times.at(0s).sent;
    ++times.at(24h).sent;
    BOOST_TEST(times.slices().size() <= timeline::most_slices);
    BOOST_TEST(times.slices().front().sent == 1U);
    BOOST_TEST(times.slices().back().sent == 1U);
}

BOOST_AUTO_TEST_CASE(parts_of_a_run_add_up_even_if_their_slices_are_not_as_wide) {
    timeline narrow;
    timeline wide;
    timeline both;
    for (int second = 0; second < 200; ++second) {
        ++narrow.at(second * 1s).acked;
        ++both.at(second * 1s).acked;
    }
    for (int second = 0; second < 700; ++second) {
        ++wide.at(second * 1s).acked;
        ++both.at(second * 1s).acked;
    }
    for (int order = 0; order < 2; ++order) {
        timeline sum = order == 0 ? narrow : wide;
        sum.merge(order == 0 ? wide : narrow);
        BOOST_TEST((sum.width() == both.width()));
        BOOST_TEST_REQUIRE(sum.slices().size() == both.slices().size());
        for (std::size_t i = 0; i < both.slices().size(); ++i)
            BOOST_TEST(sum.slices()[i].acked == both.slices()[i].acked);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reports)

BOOST_AUTO_TEST_CASE(those_of_two_threads_add_up) {
    swarm::report one;
    one.sent = one.acked = one.measured = 1000;
    one.measured_from = 1;
    one.seconds = 2;
    one.busy = 0.3;
    one.latency.record(1ms);
    swarm::report other;
    other.sent = 501;
    other.acked = other.measured = 500;
    other.missing = 1;
    other.planned_seconds = 2;
    other.unsent = {.by_server = 1, .by_window = 2, .by_generator = 3};
    other.measured_from = 4;
    other.seconds = 1;
    other.busy = 0.99;
    other.latency.record(3ms);
    other.error("lost");
    one.merge(other);
    BOOST_TEST(one.sent == 1501U);
    BOOST_TEST(one.acked == 1500U);
    BOOST_TEST(one.measured_from == 1);   // to 3, and the other from 4 to 5
    BOOST_TEST(one.seconds == 4);
    BOOST_TEST(one.requests_per_second().value() == 375);
    BOOST_TEST(one.planned_seconds == 2);
    BOOST_TEST((one.unsent == swarm::unsent_requests{1, 2, 3}));
    BOOST_TEST(one.load_was_the_limit());
    BOOST_TEST((one.latency.max() == 3ms));
    BOOST_TEST(one.first_error == "lost");
    BOOST_TEST(one.failed() == 2U);
    BOOST_TEST(!one.good());
}

BOOST_AUTO_TEST_CASE(a_rate_is_that_of_the_planned_time_and_needs_ten_answers) {
    swarm::report made;
    made.sent = made.acked = made.measured = 10;
    made.seconds = 0.01;
    BOOST_TEST(made.requests_per_second().value() == 1000);
    made.planned_seconds = 5;
    BOOST_TEST(made.requests_per_second().value() == 2);
    made.seconds = 10;   // for what was overdue
    BOOST_TEST(made.requests_per_second().value() == 1);
    made.measured = 9;
    BOOST_TEST(!made.requests_per_second());
    BOOST_TEST(!swarm::report().requests_per_second());
}

BOOST_AUTO_TEST_CASE(one_is_good_only_if_all_was_sent_and_something_measured) {
    swarm::report made;
    BOOST_TEST(!made.good());
    made.sent = made.acked = made.measured = 1;
    BOOST_TEST(made.good());
    made.unsent.by_window = 1;
    BOOST_TEST(!made.good());
    made.unsent_allowed = true;
    BOOST_TEST(made.good());
    swarm::report other;
    other.sent = other.acked = other.measured = 1;
    made.merge(other);   // which has nothing to be allowed
    BOOST_TEST(made.good());
    other.unsent.by_server = 1;
    made.merge(other);
    BOOST_TEST(!made.good());
}

BOOST_AUTO_TEST_CASE(one_that_has_measured_nothing_does_not_stretch_the_time) {
    swarm::report nothing;
    swarm::report one;
    one.measured_from = 3;
    one.seconds = 2;
    nothing.merge(one);
    BOOST_TEST(nothing.seconds == 2);
    one.merge(swarm::report());
    BOOST_TEST(one.seconds == 2);
    BOOST_TEST(one.measured_from == 3);
}

BOOST_AUTO_TEST_CASE(errors_of_very_many_kinds_are_counted_and_not_all_remembered) {
    swarm::report made;
    for (int i = 0; i < 1000; ++i) made.error("number " + std::to_string(i));
    for (int i = 0; i < 10; ++i) made.error("number 3");
    BOOST_TEST(made.errors == 1010U);
    BOOST_TEST(made.errors_by_kind.size() == swarm::report::most_kinds + 1);
    BOOST_TEST(made.errors_by_kind.at("number 3") == 11U);
    BOOST_TEST(made.errors_by_kind.at("others") == 1000U - swarm::report::most_kinds);
    BOOST_TEST(made.first_error == "number 0");
}

BOOST_AUTO_TEST_SUITE_END()
