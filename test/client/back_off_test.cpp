// The pauses between attempts to connect, with chance as an argument.
#include <hawser/client/back_off.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>

using namespace hawser;
using namespace std::chrono_literals;
using client::back_off;

BOOST_AUTO_TEST_SUITE(back_offs)

BOOST_AUTO_TEST_CASE(delays_double_up_to_the_most_and_stay_there) {
    back_off pauses({.first = 100ms, .most = 1s, .jitter = 0});
    for (const auto delay : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) BOOST_TEST((pauses.next(0.7) == delay));
    BOOST_TEST(pauses.attempts() == 6U);
}

BOOST_AUTO_TEST_CASE(chance_takes_off_its_share_and_no_more) {
    back_off half({.first = 100ms, .most = 100ms, .jitter = 0.5});
    BOOST_TEST((half.next(0) == 100ms));
    BOOST_TEST((half.next(0.5) == 75ms));
    BOOST_TEST((half.next(0.999) > 50ms));
    back_off full({.first = 100ms, .most = 100ms});
    BOOST_TEST((full.next(0.75) == 25ms));
    BOOST_TEST((full.next(0.999) < 1ms));
}

BOOST_AUTO_TEST_CASE(a_good_connection_starts_all_over_and_a_short_one_counts_as_a_failure) {
    back_off pauses({.first = 100ms, .most = 10s, .jitter = 0, .good_after = 5s});
    static_cast<void>(pauses.next(0));
    static_cast<void>(pauses.next(0));
    pauses.lived(4s);
    BOOST_TEST((pauses.next(0) == 400ms));
    pauses.lived(5s);
    BOOST_TEST(pauses.attempts() == 0U);
    BOOST_TEST((pauses.next(0) == 100ms));
}

// 1,000 clients that lost one server: no tenth of the time gets much more than its part.
BOOST_AUTO_TEST_CASE(with_full_jitter_clients_come_back_evenly_spread) {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> chance(0, 1);
    std::array<int, 10> tenths{};
    for (int i = 0; i < 1'000; ++i) {
        back_off pauses({.first = 1s, .most = 1s});
        const auto delay = pauses.next(chance(random));
        ++tenths[static_cast<std::size_t>(std::min<io::duration::rep>(delay / 100ms, 9))];
    }
    for (const int count : tenths) BOOST_TEST((count > 60 && count < 140), count);
}

BOOST_AUTO_TEST_CASE(options_without_sense_still_pause) {
    back_off nothing({.first = 0s, .most = 0s, .jitter = 0});
    BOOST_TEST((nothing.next(0) >= 1ms));
    back_off wild({.first = io::duration::max(), .most = io::duration::max(), .jitter = 7});
    for (const double chance : {0.0, 0.5, 0.999}) {
        const auto delay = wild.next(chance);
        BOOST_TEST((delay >= 0s && delay <= io::duration::max()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
