// The page of runs that are odd, and what it is made of. What it looks like: test/e2e/swarm_page_test.py.
#include "synthetic_runs.hpp"

#include <swarm/program/page/axis.hpp>
#include <swarm/program/page/markup.hpp>
#include <swarm/program/page/page.hpp>
#include <swarm/program/view/readable.hpp>

#include <boost/test/unit_test.hpp>

using namespace hawser;
using namespace std::chrono_literals;
using swarm_program::axis;
using swarm_program::markup;
using swarm_program::recording;

namespace {

std::string plain(double figure) { return std::to_string(figure); }

std::string labels(const axis& of) {
    std::string all;
    for (const axis::tick& one : of.ticks()) all += (all.empty() ? "" : " ") + one.text;
    return all;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(pages)

BOOST_AUTO_TEST_CASE(text_stays_text) {
    BOOST_TEST(markup("<script>\"it's\" & more") == "&lt;script&gt;&quot;it&#39;s&quot; &amp; more");
    BOOST_TEST(markup("a\x1b[2J\xff\x7f"
                      "b") == "a\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd"
                              "b");
    BOOST_TEST(markup("µ\n") == "µ\n");
}

BOOST_AUTO_TEST_CASE(what_is_filled_in_is_not_looked_at_again) {
    BOOST_TEST(swarm_program::filled("{{a}}-{{b}}{{a}}.", {{"a", "{{b}}"}, {"b", "2"}}) == "{{b}}-2{{b}}.");
    BOOST_CHECK_THROW(static_cast<void>(swarm_program::filled("{{c}}", {})), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(figures_have_units) {
    BOOST_TEST(swarm_program::time_markup(1250us) == "1.25 ms");
    BOOST_TEST(swarm_program::time_markup(850us) == "850 µs");
    BOOST_TEST(swarm_program::number_markup(12.5) == "12.5");
    BOOST_TEST(swarm_program::number_markup(100) == "100");
    BOOST_TEST(swarm_program::number_markup(-0.001) == "0");
}

BOOST_AUTO_TEST_CASE(axes_have_few_round_labels_whatever_they_span) {
    BOOST_TEST(labels(axis::time(29.99)) == "0 5 s 10 s 15 s 20 s 25 s 30 s");
    BOOST_TEST(labels(axis::time(300)) == "0 1:00 2:00 3:00 4:00 5:00");
    BOOST_TEST(labels(axis::percentiles(100'000)) == "50 90 99 99.9 99.99 99.999");
    BOOST_TEST(labels(axis::percentiles(1)) == "50 90");
    for (double most = 1e-9; most < 1e9; most *= 1.7) {
        const axis up = axis::linear(most, true, &plain);
        BOOST_TEST(up.ticks().size() >= 3U);
        BOOST_TEST(up.ticks().size() <= 7U);
        BOOST_TEST(up.ticks().back().position == 1, boost::test_tools::tolerance(1e-9));
        BOOST_TEST(up.position(most) <= 1);
        BOOST_TEST(up.position(most) > 0.5);
        BOOST_TEST(axis::time(most).ticks().size() <= 8U, most);
        for (double least = most; least > most * 1e-12; least /= 3.1) {
            const axis log = axis::logarithmic(least, most, &plain);
            BOOST_TEST(log.ticks().size() >= 2U, least << " to " << most);
            BOOST_TEST(log.ticks().size() <= 7U, least << " to " << most);
            BOOST_TEST(log.position(least) < (least == most ? 1.01 : log.position(most)));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_run_has_a_page_without_a_figure_that_is_none) {
    recording nothing;
    nothing.processes = {synthetic_runs::process()};
    recording one_answer = nothing;
    one_answer.report.sent = one_answer.report.acked = one_answer.report.measured = 1;
    one_answer.report.latency.record(0ns);
    swarm::timeline::slice& slice = one_answer.report.over_time.at(0s);
    slice.sent = slice.acked = 1;
    slice.latency.record(0ns);
    recording beyond = one_answer;
    beyond.report.latency.record(1000s, std::uint64_t{1} << 52);
    beyond.report.over_time.at(48h).latency.record(1000s);
    recording absurd = one_answer;
    absurd.report.measured = swarm_program::most_counted;
    absurd.report.seconds = 1e-9;
    recording gaps = synthetic_runs::run({.seconds = 3}, 1);
    gaps.report.over_time.at(20s).failed = 1;
    gaps.processes[0].plan.warmup = 1h;
    for (const recording& one :
         {nothing, one_answer, beyond, absurd, gaps, synthetic_runs::run({.seconds = 2000, .rate = 3}, 2)}) {
        const std::string page = to_page(one);
        BOOST_TEST(page.starts_with("<!DOCTYPE html>"));
        BOOST_TEST(page.ends_with("</html>\n"));
        for (const char* none : {"nan", "inf%", "inf ", ">inf", "e+", "{{", "}}"})
            BOOST_TEST((page.find(none, page.find("</style>")) == std::string::npos), none);
    }
    BOOST_TEST((to_page(nothing).find("Nothing was sent.") != std::string::npos));
    BOOST_TEST((to_page(nothing).find("Nothing was answered.") != std::string::npos));
    BOOST_TEST((to_page(nothing).find("<dt>rate</dt><dd>–") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(what_was_never_sent_is_on_the_page_and_who_is_to_blame) {
    recording made = synthetic_runs::run({.seconds = 3}, 1);
    made.report.unsent = {.by_server = 1, .by_window = 1234, .by_generator = 0};
    const std::string page = to_page(made);
    for (const char* text : {"not ok: 1,235 unsent", "1 unsent because of the server",
                             "1,234 unsent because of the window", "<th scope=\"row\">unsent</th><td>1,235</td>"})
        BOOST_TEST((page.find(text) != std::string::npos), text);
    BOOST_TEST((page.find("because of the load generator") == std::string::npos));
}

BOOST_AUTO_TEST_CASE(texts_from_outside_are_escaped_wherever_they_are) {
    const std::string evil = "</title></pre><script>alert(1)</script>";
    recording made = synthetic_runs::run({.seconds = 2}, 1);
    made.report.error(evil);
    made.processes[0].options = {evil, "--" + evil};
    made.processes[0].machine = {.cpu = evil, .processors = 1, .kernel = evil, .hawser = evil};
    const std::string page = to_page(made);
    BOOST_TEST((page.find("<script") == std::string::npos));
    BOOST_TEST((page.find("&lt;script&gt;") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
