#include <hawser/swarm/load_shape.hpp>
#include <hawser/swarm/pace.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <type_traits>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;
using swarm::arrival_pattern;
using swarm::arrivals;
using swarm::load_shape;

namespace {

// The arithmetic is one of doubles.
bool about(std::optional<io::duration> got, io::duration want) {
    return got && *got >= want - 1us && *got <= want + 1us;
}

// What a client sends.
std::vector<double> all_due(const load_shape& shape, const arrivals& how, swarm::pace::client who, std::uint64_t seed) {
    swarm::random_source random = swarm::seeded(seed);
    swarm::pace pace(shape, how, who, random);
    std::vector<double> made;
    while (const auto due = pace.next()) made.push_back(std::chrono::duration<double>(*due).count());
    return made;
}

// What all clients of a swarm send, in the order of time.
std::vector<double> all_due(const load_shape& shape, const arrivals& how, std::uint32_t clients) {
    std::vector<double> made;
    for (std::uint32_t number = 1; number <= clients; ++number) {
        const std::vector<double> one = all_due(shape, how, {number, clients}, number);
        BOOST_TEST(std::ranges::is_sorted(one));
        made.insert(made.end(), one.begin(), one.end());
    }
    std::ranges::sort(made);
    return made;
}

}   // namespace

// It would be gone with the expression.
static_assert(!std::is_constructible_v<swarm::pace, load_shape, arrivals, swarm::pace::client, swarm::random_source&>);

BOOST_AUTO_TEST_SUITE(shape_of_a_load)

BOOST_AUTO_TEST_CASE(a_steady_rate_is_a_request_at_equal_distances_for_ever) {
    const load_shape steady = 1000;
    BOOST_TEST(about(steady.due(0), 0s));
    BOOST_TEST(about(steady.due(1), 1ms));
    BOOST_TEST(about(steady.due(3'600'000), 1h));
    BOOST_TEST((steady.lasts() == load_shape::for_ever));
}

BOOST_AUTO_TEST_CASE(steps_follow_each_other) {
    const load_shape steps({{1s, 10, 10}, {1s, 100, 100}, {.from = 1, .to = 1}});
    BOOST_TEST(about(steps.due(9), 900ms));
    BOOST_TEST(about(steps.due(10), 1s));
    BOOST_TEST(about(steps.due(60), 1500ms));
    BOOST_TEST(about(steps.due(110), 2s));
    BOOST_TEST(about(steps.due(111), 3s));
}

BOOST_AUTO_TEST_CASE(a_ramp_sends_as_many_as_there_is_space_under_it) {
    const load_shape up({{10s, 0, 100}});
    BOOST_TEST(about(up.due(0), 0s));
    BOOST_TEST(about(up.due(5), 1s));
    BOOST_TEST(about(up.due(125), 5s));
    BOOST_TEST(up.due(499.999).has_value());
    BOOST_TEST(!up.due(500).has_value());
    const load_shape down({{10s, 100, 0}});
    BOOST_TEST(about(down.due(375), 5s));
    BOOST_TEST(!down.due(500).has_value());
    BOOST_TEST((down.lasts() == 10s));
}

BOOST_AUTO_TEST_CASE(nothing_is_due_in_a_pause) {
    const load_shape paused({{1s, 10, 10}, {2s, 0, 0}, {1s, 10, 10}});
    BOOST_TEST(about(paused.due(9.999), 999'900us));
    BOOST_TEST(about(paused.due(10), 3s));
    BOOST_TEST(!paused.due(20).has_value());
    BOOST_TEST(!load_shape(0.0).due(0).has_value());
    const load_shape ends_in_silence({{1s, 10, 10}, {.from = 0, .to = 0}});
    BOOST_TEST((ends_in_silence.lasts() == 1s));
    BOOST_TEST(!ends_in_silence.due(10).has_value());
}

BOOST_AUTO_TEST_CASE(how_many_are_due_before_a_time_is_the_space_under_the_curve) {
    const load_shape shape({{10s, 0, 100}, {2s, 0, 0}, {.from = 3, .to = 3}});
    BOOST_TEST(shape.requests_before(-1s) == 0.0);
    BOOST_TEST(shape.requests_before(0s) == 0.0);
    BOOST_TEST(shape.requests_before(5s) == 125.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(shape.requests_before(11s) == 500.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(shape.requests_before(22s) == 530.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(shape.requests_before(load_shape::for_ever) > 1e9);
    BOOST_TEST(load_shape({{4s, 2000, 2000}}).requests_before(load_shape::for_ever) == 8000.0);
}

BOOST_AUTO_TEST_CASE(what_is_left_is_what_would_come) {
    const load_shape steady = 8.3;
    const load_shape shape({{1s, 0, 200}, {1s, 0, 0}, {1s, 200, 17}});
    for (const load_shape& load : {steady, shape})
        for (const arrivals& how : {arrivals{}, arrivals{arrival_pattern::bursts, 30}})
            for (const std::uint32_t clients : {1U, 7U, 300U})
                for (std::uint32_t number = 1; number <= clients; number += 6) {
                    swarm::random_source random = swarm::seeded(1);
                    swarm::pace pace(load, how, {number, clients}, random);
                    const std::uint64_t all = pace.left(0s, 2900ms);
                    const std::uint64_t late = pace.left(500ms, 2900ms);
                    std::uint64_t count = 0;
                    std::uint64_t count_late = 0;
                    for (auto due = pace.next(); due && *due < 2900ms; due = pace.next()) {
                        ++count;
                        count_late += *due >= 500ms ? 1U : 0U;
                    }
                    BOOST_TEST(all == count, "of client " << number << " of " << clients);
                    BOOST_TEST(late == count_late, "of client " << number << " of " << clients);
                    BOOST_TEST(pace.left(0s, 2900ms) == 0U);
                }
}

BOOST_AUTO_TEST_CASE(what_is_left_of_random_arrivals_is_as_many_as_their_rate_says) {
    const load_shape steady = 1000;
    std::uint64_t sum = 0;
    for (std::uint32_t number = 1; number <= 50; ++number) {
        swarm::random_source random = swarm::seeded(1, number);
        swarm::pace pace(steady, {.pattern = arrival_pattern::poisson}, {number, 50}, random);
        while (pace.next() < 4s) {}
        sum += pace.left(0s, 10s);
        BOOST_TEST(pace.left(0s, 1s) == 0U);
    }
    BOOST_TEST(std::abs(static_cast<double>(sum) - 6000) < 500);   // six times the deviation
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
    using stretches = std::vector<load_shape::stretch>;
    const double none = std::numeric_limits<double>::quiet_NaN();
    for (const stretches& wrong : {stretches{}, stretches{{1s, -1, 1}}, stretches{{1s, 1, none}}, stretches{{0s, 1, 1}},
                                   stretches{{.from = 1, .to = 1}, {1s, 1, 1}}, stretches{{.from = 1, .to = 2}}})
        BOOST_CHECK_THROW(load_shape{wrong}, std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(rounding_adds_no_request) {
    BOOST_TEST(load_shape({{30s, 8.3, 8.3}}).due(248).has_value());
    BOOST_TEST(!load_shape({{30s, 8.3, 8.3}}).due(249).has_value());
}

BOOST_AUTO_TEST_CASE(a_very_low_rate_does_not_overflow) {
    const load_shape hardly = 1e-300;
    BOOST_TEST((hardly.due(1) > 24h * 365));
    BOOST_TEST((hardly.due(1e300) > 24h * 365));
}

BOOST_AUTO_TEST_CASE(all_clients_together_are_the_shape) {
    const load_shape shape({{1s, 0, 200}, {1s, 200, 200}});
    for (const std::uint32_t clients : {1U, 7U, 300U}) {
        const std::vector<double> sent = all_due(shape, {}, clients);
        BOOST_TEST(sent.size() == 300U);
        for (std::size_t turn = 0; turn < sent.size(); ++turn)
            BOOST_TEST(std::abs(sent[turn] -
                                std::chrono::duration<double>(*shape.due(static_cast<double>(turn))).count()) < 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(a_burst_comes_at_once_and_the_rate_stays) {
    const std::vector<double> sent = all_due(load_shape({{10s, 100, 100}}), {arrival_pattern::bursts, 50}, 8);
    BOOST_TEST(sent.size() == 1000U);
    for (std::size_t turn = 0; turn < sent.size(); ++turn)
        BOOST_TEST(std::abs(sent[turn] - static_cast<double>(turn / 50) * 0.5) < 1e-6);
}

BOOST_AUTO_TEST_CASE(the_last_burst_may_be_a_part_of_one) {
    const std::vector<double> sent = all_due(load_shape({{1s, 100, 100}}), {arrival_pattern::bursts, 30}, 3);
    BOOST_TEST(sent.size() == 100U);
    BOOST_TEST(std::ranges::count(sent, sent.back()) == 10);
}

// The distances of a Poisson process have an exponential distribution: mean and deviation are the same,
// and e^-1 of them are longer.
BOOST_AUTO_TEST_CASE(random_arrivals_of_many_clients_are_a_poisson_process) {
    for (const std::uint32_t clients : {1U, 20U}) {
        const std::vector<double> sent = all_due(load_shape({{100s, 500, 500}}), {.pattern = arrival_pattern::poisson},
                                                 clients);
        BOOST_TEST(std::abs(static_cast<double>(sent.size()) - 50'000) < 1'500);   // six times the deviation, at most
        double sum = 0;
        double squares = 0;
        std::size_t longer = 0;
        for (std::size_t turn = 1; turn < sent.size(); ++turn) {
            const double distance = sent[turn] - sent[turn - 1];
            sum += distance;
            squares += distance * distance;
            longer += distance > 1.0 / 500 ? 1 : 0;
        }
        const auto count = static_cast<double>(sent.size() - 1);
        const double mean = sum / count;
        const double deviation = std::sqrt(squares / count - mean * mean);
        BOOST_TEST(std::abs(deviation / mean - 1) < 0.05);
        BOOST_TEST(std::abs(static_cast<double>(longer) / count - std::exp(-1)) < 0.02);
    }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_arrivals) {
    const load_shape shape({{1s, 100, 100}});
    const arrivals random{.pattern = arrival_pattern::poisson};
    const auto with = [&](std::uint64_t seed) { return all_due(shape, random, {}, seed); };
    BOOST_TEST(with(1) == with(1), boost::test_tools::per_element());
    BOOST_TEST((with(1) != with(2)));
}

BOOST_AUTO_TEST_SUITE_END()
