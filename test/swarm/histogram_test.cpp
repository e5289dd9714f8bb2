#include <hawser/swarm/histogram.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cmath>

using namespace hawser;
using namespace std::chrono_literals;

namespace {

// Within a thousandth above: what three significant digits mean.
bool about(io::duration got, io::duration want) { return got >= want && got <= want + want / 1000 + 1ns; }

}   // namespace

BOOST_AUTO_TEST_SUITE(histogram)

BOOST_AUTO_TEST_CASE(an_empty_one_says_zero) {
    const swarm::histogram empty;
    BOOST_TEST(empty.count() == 0U);
    BOOST_TEST((empty.percentile(0.5) == 0ns));
    BOOST_TEST((empty.max() == 0ns));
}

BOOST_AUTO_TEST_CASE(every_magnitude_is_kept_to_three_digits) {
    for (io::duration value = 1ns; value < 60s; value += value / 3 + 1ns) {
        swarm::histogram one;
        one.record(value);
        one.record(68s);   // so that the maximum does not hide what the bucket says
        BOOST_TEST(about(one.percentile(0.5), value), value.count());
    }
}

BOOST_AUTO_TEST_CASE(percentiles_of_a_known_distribution) {
    swarm::histogram uniform;
    for (int us = 1; us <= 100'000; ++us) uniform.record(std::chrono::microseconds(us));
    BOOST_TEST(about(uniform.percentile(0.5), 50ms));
    BOOST_TEST(about(uniform.percentile(0.99), 99ms));
    BOOST_TEST(about(uniform.percentile(0.999), 99'900us));
    BOOST_TEST((uniform.percentile(1) == 100ms));
    BOOST_TEST((uniform.max() == 100ms));
}

BOOST_AUTO_TEST_CASE(one_slow_request_in_a_thousand_is_seen_at_three_nines_and_not_at_two) {
    swarm::histogram mostly_fast;
    for (int i = 0; i < 9'985; ++i) mostly_fast.record(1ms);
    for (int i = 0; i < 15; ++i) mostly_fast.record(1s);
    BOOST_TEST(about(mostly_fast.percentile(0.99), 1ms));
    BOOST_TEST(about(mostly_fast.percentile(0.999), 1s));
}

BOOST_AUTO_TEST_CASE(what_is_out_of_range_counts_at_its_end) {
    swarm::histogram odd;
    odd.record(-1s);
    odd.record(1h);
    BOOST_TEST(odd.count() == 2U);
    BOOST_TEST((odd.percentile(0.5) == 0ns));
    BOOST_TEST((odd.percentile(0.9) == 1h));
    BOOST_TEST((odd.max() == 1h));
}

BOOST_AUTO_TEST_CASE(merging_is_the_same_as_recording_into_one) {
    swarm::histogram low;
    swarm::histogram high;
    swarm::histogram both;
    for (int us = 1; us <= 1000; ++us) {
        (us <= 500 ? low : high).record(std::chrono::microseconds(us));
        both.record(std::chrono::microseconds(us));
    }
    low.merge(high);
    BOOST_TEST(low.count() == both.count());
    for (const double share : {0.01, 0.5, 0.9, 0.99, 1.0})
        BOOST_TEST((low.percentile(share) == both.percentile(share)));
}

BOOST_AUTO_TEST_CASE(its_buckets_make_the_same_histogram_again) {
    for (const auto precision : {swarm::histogram::precision::fine, swarm::histogram::precision::coarse}) {
        swarm::histogram of(precision);
        for (io::duration value = 1ns; value < 2h; value += value / 7 + 1ns) of.record(value);
        const swarm::histogram again = swarm::histogram::from_buckets(of.buckets(), of.max(), precision);
        BOOST_TEST(again.count() == of.count());
        BOOST_TEST((again.max() == of.max()));
        for (double share = 0; share <= 1; share += 0.01) BOOST_TEST((again.percentile(share) == of.percentile(share)));
    }
}

BOOST_AUTO_TEST_CASE(a_coarse_one_is_right_to_a_thirty_second) {
    for (io::duration value = 1ns; value < 60s; value += value / 3 + 1ns) {
        swarm::histogram one(swarm::histogram::precision::coarse);
        one.record(value);
        one.record(68s);
        BOOST_TEST((one.percentile(0.5) >= value && one.percentile(0.5) <= value + value / 32 + 1ns), value.count());
    }
}

BOOST_AUTO_TEST_SUITE_END()
