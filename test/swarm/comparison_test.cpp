// What is called a change, and what the noise: on runs whose means and spreads are known.
#include "synthetic_runs.hpp"

#include <swarm/program/results/comparison.hpp>
#include <swarm/program/results/estimate.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

#include <map>

using namespace hawser;
using namespace std::chrono_literals;
using swarm_program::change;
using swarm_program::comparison;
using swarm_program::estimate;
using swarm_program::recording;

namespace {

const comparison::row& row(const comparison& of, const std::string& name) {
    const auto found = std::ranges::find(of.rows, name, &comparison::row::name);
    BOOST_TEST_REQUIRE((found != of.rows.end()), name);
    return *found;
}

bool is_change(change of) { return of == change::better || of == change::worse; }

// Of so many pairs of runs of the same kind: in how many each figure is called changed.
std::map<std::string, int> false_alarms(const synthetic_runs::shape& of, unsigned pairs) {
    std::map<std::string, int> made;
    for (unsigned seed = 0; seed < pairs; ++seed)
        for (const comparison::row& one :
             compare(synthetic_runs::run(of, 2 * seed), synthetic_runs::run(of, 2 * seed + 1)).rows)
            made[one.name] += is_change(one.verdict) ? 1 : 0;
    return made;
}

std::vector<double> series(std::size_t count, double alike, unsigned seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<> normal;
    std::vector<double> made;
    for (double last = normal(random); made.size() < count; made.push_back(100 + last))
        last = alike * last + std::sqrt(1 - alike * alike) * normal(random);
    return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(estimates)

BOOST_AUTO_TEST_CASE(the_margin_is_that_of_the_textbook) {
    // Spreads of 2 and 4 around 10 and 11; t at 99 % for Welch's 10.294 degrees of freedom is 3.1492, by integration.
    const std::vector<double> one{8, 12, 8, 12, 8, 12, 8, 12};
    const std::vector<double> other{7, 15, 7, 15, 7, 15, 7, 15};
    const auto before = estimate::from_samples(one);
    const auto after = estimate::from_samples(other);
    BOOST_TEST_REQUIRE((before && after));
    BOOST_TEST(before->mean == 10);
    BOOST_TEST(after->mean == 11);
    BOOST_TEST(before->variance_of_mean == 4 * 8.0 / 7 / 8, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(before->freedom == 7);
    BOOST_TEST(margin(*before, *after) == 3.1492 * std::sqrt(20.0 / 7), boost::test_tools::tolerance(1e-4));
}

BOOST_AUTO_TEST_CASE(few_samples_say_nothing_and_neither_does_a_trend) {
    BOOST_TEST(!estimate::from_samples(std::vector<double>(estimate::fewest_samples - 1, 1.0)));
    BOOST_TEST(estimate::from_samples(std::vector<double>(estimate::fewest_samples, 1.0)).has_value());
    std::vector<double> ramp(28);
    for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<double>(i);
    BOOST_TEST(!estimate::from_samples(ramp));
}

BOOST_AUTO_TEST_CASE(samples_that_are_like_their_neighbours_count_as_fewer) {
    const auto alone = estimate::from_samples(series(1000, 0, 1));
    const auto alike = estimate::from_samples(series(1000, 0.8, 1));
    BOOST_TEST_REQUIRE((alone && alike));
    BOOST_TEST(alone->freedom > 850);
    BOOST_TEST(alike->freedom == 1000 * 0.2 / 1.8, boost::test_tools::tolerance(0.25));
}

BOOST_AUTO_TEST_CASE(means_of_the_same_are_seldom_further_apart_than_the_margin_even_if_samples_are_alike) {
    for (const double alike : {0.0, 0.5}) {
        int apart = 0;
        constexpr unsigned pairs = 1000;
        for (unsigned seed = 0; seed < pairs; ++seed) {
            const auto one = estimate::from_samples(series(60, alike, 2 * seed));
            const auto other = estimate::from_samples(series(60, alike, 2 * seed + 1));
            if (one && other && std::abs(one->mean - other->mean) > margin(*one, *other)) ++apart;
        }
        BOOST_TEST_CONTEXT("alike " << alike << ": " << apart) {
            BOOST_TEST(apart <= 30);   // 1 % of them by the definition, some more as how alike
                                       // they are is an estimate too
            BOOST_TEST(apart >= 1);    // and the margin is not just wide
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(comparisons)

BOOST_AUTO_TEST_CASE(runs_of_the_same_kind_differ_by_no_more_than_the_noise) {
    constexpr unsigned pairs = 100;
    for (const double spread : {0.002, 0.05})
        for (const auto& [name, times] : false_alarms({.spread = spread}, pairs))
            BOOST_TEST(times <= 4, name << " at " << spread << " was called changed in " << times << " of " << pairs);
}

BOOST_AUTO_TEST_CASE(neighbouring_seconds_that_are_alike_do_not_make_it_call_more) {
    constexpr unsigned pairs = 100;
    for (const auto& [name, times] : false_alarms({.seconds = 60, .rate = 300, .spread = 0.05, .alike = 0.6}, pairs))
        BOOST_TEST(times <= 5, name << " was called changed in " << times << " of " << pairs);
}

BOOST_AUTO_TEST_CASE(a_change_of_five_percent_is_found_where_seconds_vary_by_one) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        const recording before = synthetic_runs::run({}, 2 * seed);
        const recording after = synthetic_runs::run({.rate = 1260, .latency = 210}, 2 * seed + 1);
        const comparison found = compare(before, after);
        for (const char* name : {"p50", "p90", "p99"})
            BOOST_TEST((row(found, name).verdict == change::worse), name << ", seed " << seed);
        BOOST_TEST((row(found, "rate").verdict == change::better), "seed " << seed);
        BOOST_TEST(*row(found, "rate").changed_by == 0.05, boost::test_tools::tolerance(0.2));
        BOOST_TEST(*row(found, "rate").noise < 0.02);
        BOOST_TEST(found.worse());
        const comparison back = compare(after, before);
        BOOST_TEST((row(back, "rate").verdict == change::worse));
        BOOST_TEST((row(back, "p50").verdict == change::better));
    }
}

BOOST_AUTO_TEST_CASE(a_change_below_one_percent_is_never_called_one) {
    const comparison found = compare(synthetic_runs::run({.spread = 0}, 1),
                                     synthetic_runs::run({.rate = 1209, .spread = 0}, 2));
    BOOST_TEST(*row(found, "rate").noise == 0);
    BOOST_TEST((row(found, "rate").verdict == change::noise));
    BOOST_TEST((row(compare(synthetic_runs::run({.spread = 0}, 1), synthetic_runs::run({.rate = 1213, .spread = 0}, 2)),
                    "rate")
                    .verdict == change::better));
}

BOOST_AUTO_TEST_CASE(short_runs_are_too_short) {
    const comparison found = compare(synthetic_runs::run({.seconds = 7}, 1),
                                     synthetic_runs::run({.rate = 2400, .latency = 900}, 2));
    for (const char* name : {"rate", "p50", "p90", "p99", "p99.9", "max"})
        BOOST_TEST((row(found, name).verdict == change::too_short), name);
    BOOST_TEST(!found.worse());
    BOOST_TEST(
        (row(compare(synthetic_runs::run({.seconds = 8}, 1), synthetic_runs::run({.rate = 2400}, 2)), "rate").verdict ==
         change::better));
}

BOOST_AUTO_TEST_CASE(a_percentile_needs_answers_beyond_it_and_seconds_are_put_together_until_there_are) {
    // 1200 a second: 8 samples of a p99.9 are 9 s each.
    const comparison short_one = compare(synthetic_runs::run({}, 1), synthetic_runs::run({.latency = 400}, 2));
    BOOST_TEST((row(short_one, "p99.9").verdict == change::too_short));
    BOOST_TEST((row(short_one, "p99").verdict == change::worse));
    const comparison long_one = compare(synthetic_runs::run({.seconds = 80}, 1),
                                        synthetic_runs::run({.seconds = 80, .latency = 400}, 2));
    BOOST_TEST((row(long_one, "p99.9").verdict == change::worse));
}

BOOST_AUTO_TEST_CASE(one_stall_is_no_change_of_the_maximum) {
    const recording before = synthetic_runs::run({}, 1);
    recording after = synthetic_runs::run({}, 2);
    std::vector<swarm::timeline::slice> slices = after.report.over_time.slices();
    slices[10].latency.record(1s);
    after.report.latency.record(1s);
    after.report.over_time = swarm::timeline::from_slices(1s, std::move(slices));
    BOOST_TEST(*row(compare(before, after), "max").changed_by > 100);
    BOOST_TEST((row(compare(before, after), "max").verdict == change::noise));
}

BOOST_AUTO_TEST_CASE(a_stall_that_comes_and_goes_hides_no_change_of_all_the_rest) {
    const auto with_stall = [](recording of) {
        std::vector<swarm::timeline::slice> slices = of.report.over_time.slices();
        slices[20].latency = swarm::histogram(swarm::histogram::precision::coarse);
        slices[20].latency.record(800ms, 1200);
        of.report.over_time = swarm::timeline::from_slices(1s, std::move(slices));
        return of;
    };
    const comparison found = compare(with_stall(synthetic_runs::run({}, 1)), synthetic_runs::run({.latency = 2000}, 2));
    BOOST_TEST((row(found, "p50").verdict == change::worse));
    BOOST_TEST((row(found, "p99").verdict == change::worse));
}

BOOST_AUTO_TEST_CASE(a_run_that_jumps_in_the_middle_has_no_mean_and_that_is_said) {
    recording jumps = synthetic_runs::run({.seconds = 15}, 1);
    for (int second = 14; second < 29; ++second) {
        swarm::timeline::slice& now = jumps.report.over_time.at(second * 1s);
        now = swarm::timeline::slice();
        now.sent = now.acked = 2400;
        now.latency.record(100us, 2400);
    }
    const comparison found = compare(synthetic_runs::run({}, 2), jumps);
    BOOST_TEST((row(found, "rate").verdict == change::too_short));
    BOOST_TEST((row(found, "p50").verdict == change::too_short));
    BOOST_TEST_REQUIRE(found.remarks.size() == 1U);
    BOOST_TEST(found.remarks[0].starts_with(
        "within a run these drift or jump, so that there is no mean to compare: rate, p50"));
}

BOOST_AUTO_TEST_CASE(failures_are_compared_as_they_are) {
    recording before = synthetic_runs::run({}, 1);
    recording after = before;
    BOOST_TEST((row(compare(before, after), "failures").verdict == change::the_same));
    after.report.missing = 1;
    BOOST_TEST((row(compare(before, after), "failures").verdict == change::worse));
    BOOST_TEST(compare(before, after).worse());
    BOOST_TEST((row(compare(after, before), "failures").verdict == change::better));
}

BOOST_AUTO_TEST_CASE(what_was_never_sent_is_compared_as_it_is) {
    const recording before = synthetic_runs::run({}, 1);
    recording after = before;
    after.report.unsent.by_window = 1234;
    BOOST_TEST((row(compare(before, after), "unsent").verdict == change::worse));
    BOOST_TEST(row(compare(before, after), "unsent").after == "1,234");
    BOOST_TEST((row(compare(after, before), "unsent").verdict == change::better));
    BOOST_TEST((row(compare(after, before), "failures").verdict == change::the_same));
}

BOOST_AUTO_TEST_CASE(warm_up_and_what_comes_after_the_last_request_are_no_part_of_it) {
    recording made = synthetic_runs::run({.seconds = 28}, 1);   // 30 slices
    const auto steady = [&] { return std::pair(steady_part(made).first, steady_part(made).last); };
    BOOST_TEST((steady() == std::pair<std::size_t, std::size_t>(1, 29)));
    made.processes[0].plan.warmup = 2500ms;
    BOOST_TEST((steady() == std::pair<std::size_t, std::size_t>(3, 29)));
    std::vector<swarm::timeline::slice> slices = made.report.over_time.slices();
    for (std::size_t i = 20; i < slices.size(); ++i) slices[i].sent = 0;
    made.report.over_time = swarm::timeline::from_slices(1s, slices);
    BOOST_TEST((steady() == std::pair<std::size_t, std::size_t>(3, 19)));
    made.processes[0].plan.warmup = 1h;
    BOOST_TEST((steady() == std::pair<std::size_t, std::size_t>(19, 19)));
    made.report.over_time = swarm::timeline();
    BOOST_TEST((steady() == std::pair<std::size_t, std::size_t>(0, 0)));
}

BOOST_AUTO_TEST_CASE(empty_runs_are_too_short_as_well) {
    recording nothing;
    nothing.processes = {synthetic_runs::process()};
    for (const comparison::row& one : compare(nothing, nothing).rows)
        BOOST_TEST((one.verdict ==
                    (one.name == "failures" || one.name == "unsent" ? change::the_same : change::too_short)),
                   one.name);
    BOOST_TEST(row(compare(nothing, nothing), "rate").before == "-");
    // And not "too short": there is nothing left.
    BOOST_TEST((row(compare(synthetic_runs::run({}, 1), nothing), "rate").verdict == change::worse));
    BOOST_TEST((row(compare(nothing, synthetic_runs::run({}, 1)), "rate").verdict == change::too_short));
}

BOOST_AUTO_TEST_CASE(what_makes_them_hard_to_compare_is_said) {
    const recording before = synthetic_runs::run({}, 1);
    recording after = before;
    const auto remarks = [&] { return compare(before, after).remarks; };
    BOOST_TEST(remarks().empty());
    after.processes[0].options = {"--connect", ":8888",    "--json",   "b.json",   "--quiet",
                                  "--verbose", "--expect", "p99<=5ms", "--seed=7", "--html=b"};
    BOOST_TEST(remarks().empty());
    after.processes[0].options = {"--connect=:9999", "--hello", "--window", "4"};
    BOOST_TEST_REQUIRE(remarks().size() == 1U);
    BOOST_TEST(remarks()[0] ==
               "the plans differ: --connect :8888 and :9999, --hello not given and given, --window not given and 4");
    after.processes[0] = before.processes[0];
    after.processes[0].machine.processors = 64;
    after.report.busy = 0.99;
    BOOST_TEST_REQUIRE(remarks().size() == 2U);
    BOOST_TEST(remarks()[0] == "the machines differ: processors 2 and 64");
    BOOST_TEST(remarks()[1].starts_with(
        "the load generator was the limit in B: a thread of it was busy for 99 % of the time"));
    after = before;
    after.merge(before);
    BOOST_TEST(remarks()[0] == "the plans differ: 1 and 2 processes");
}

BOOST_AUTO_TEST_CASE(samples_that_are_all_the_same_do_not_drift) {
    for (const double latency : {0.0101, 0.1, 1.0, 3e-5}) {
        const std::vector<double> same(28, std::log(latency));   // whose sum is rounded
        const auto known = swarm_program::estimate::from_samples(same);
        BOOST_TEST_REQUIRE(known.has_value(), latency);
        BOOST_TEST(known->variance_of_mean == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
