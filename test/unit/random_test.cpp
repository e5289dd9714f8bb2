#include "support/run.hpp"

#include <hawser/io/random.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

constexpr int often = 10'000;

}   // namespace

BOOST_AUTO_TEST_SUITE(randomness)

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_numbers) {
    asio::io_context context, other;
    random& one = random::of(context.get_executor());
    random& two = random::of(other.get_executor());
    BOOST_TEST(&one == &random::of(context.get_executor()));
    one.seed(7);
    two.seed(7);
    for (int count = 0; count < often; ++count) BOOST_TEST_REQUIRE(one.next() == two.next());
    two.seed(8);
    BOOST_TEST(one.next() != two.next());
}

BOOST_AUTO_TEST_CASE(without_a_seed_no_two_contexts_agree) {
    asio::io_context context, other;
    BOOST_TEST(random::of(context.get_executor()).next() != random::of(other.get_executor()).next());
}

BOOST_AUTO_TEST_CASE(numbers_below_a_bound_are_below_it_and_all_of_them_come) {
    asio::io_context context;
    random& dice = random::of(context.get_executor());
    dice.seed(1);
    std::array<int, 6> seen{};
    for (int count = 0; count < often; ++count) ++seen.at(dice.below(6));
    for (const int each : seen) BOOST_TEST(each > often / 12);   // half of what is to be expected: 30 deviations away
    BOOST_TEST(dice.below(1) == 0U);
}

BOOST_AUTO_TEST_CASE(fractions_lie_between_0_and_1) {
    asio::io_context context;
    random& dice = random::of(context.get_executor());
    dice.seed(1);
    double sum = 0;
    for (int count = 0; count < often; ++count) {
        const double each = dice.fraction();
        BOOST_TEST_REQUIRE((each >= 0 && each < 1));
        sum += each;
    }
    BOOST_TEST((sum / often > 0.45 && sum / often < 0.55));
}

BOOST_AUTO_TEST_CASE(a_jittered_duration_is_never_longer_and_loses_at_most_its_share) {
    asio::io_context context;
    random& dice = random::of(context.get_executor());
    dice.seed(1);
    std::set<duration> seen;
    for (int count = 0; count < often; ++count) {
        const duration each = jittered(1s, dice, 0.25);
        BOOST_TEST_REQUIRE((each > 749ms && each <= 1s));
        seen.insert(each);
    }
    BOOST_TEST(seen.size() > often / 2U);
    BOOST_TEST((jittered(1s, dice, 0) == 1s));
    BOOST_TEST((jittered(duration::zero(), dice) == duration::zero()));
    BOOST_TEST((jittered(-1s, dice) == duration::zero()));
    for (int count = 0; count < often; ++count) {
        const duration longest = jittered(duration::max(), dice, 7);   // a share over 1 is 1
        BOOST_TEST_REQUIRE((longest >= duration::zero()));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
