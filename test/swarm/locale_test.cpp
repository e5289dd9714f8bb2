// Results are the same whatever locale the program has: those for machines, and those for people.
#include "synthetic_runs.hpp"

#include <support/foreign_locale.hpp>

#include <swarm/program/page/page.hpp>
#include <swarm/program/results/comparison.hpp>
#include <swarm/program/results/summary.hpp>
#include <swarm/program/view/readable.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace hawser;

namespace {

struct texts {
    std::string json, page, summary, comparison, number;

    static texts of(const swarm_program::recording& run) {
        return {.json = to_json(run),
                .page = to_page(run),
                .summary = swarm_program::text_summary(run.report),
                .comparison = to_text(compare(run, run)),
                .number = swarm_program::readable(12345.67, 6)};
    }
    bool operator==(const texts&) const = default;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(results_in_a_foreign_locale)

BOOST_AUTO_TEST_CASE(every_text_is_the_same) {
    const swarm_program::recording run = synthetic_runs::run({.rate = 12'000}, 1);
    const texts here = texts::of(run);
    std::optional<texts> there;
    {
        const test::foreign_locale foreign;
        there = texts::of(run);
        BOOST_TEST((to_json(swarm_program::from_json(here.json)) == here.json));
    }
    BOOST_TEST((there->json == here.json));
    BOOST_TEST((there->page == here.page));
    BOOST_TEST(there->summary == here.summary);
    BOOST_TEST(there->comparison == here.comparison);
    BOOST_TEST(there->number == here.number);
    BOOST_TEST(here.number == "12345.7");
}

BOOST_AUTO_TEST_SUITE_END()
