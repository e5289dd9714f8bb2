// How many lines are written of each reason, and what is said of the others.
#include "../../server/log/src/ration.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace hawser::log {

namespace {

using namespace std::chrono_literals;

constexpr io::time_point start{1h};
constexpr unsigned lines_a_second = 10;

unsigned granted(ration& lines, std::string_view reason, unsigned asked, io::time_point now, unsigned times = 1) {
    unsigned count = 0;
    for (unsigned number = 0; number < asked; ++number)
        count += lines.grants(reason, level::info, now, times) ? 1U : 0U;
    return count;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(rationing)

BOOST_AUTO_TEST_CASE(ten_lines_a_second_are_written_of_each_reason) {
    ration lines(lines_a_second);
    BOOST_TEST(granted(lines, "one", 100, start) == lines_a_second);
    BOOST_TEST(granted(lines, "other", 100, start) == lines_a_second);
    BOOST_TEST(granted(lines, "one", 100, start + 999ms) == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_said_in_peace_may_have_several_times_as_many) {
    ration lines(lines_a_second);
    BOOST_TEST(granted(lines, "submits", 1000, start, 10) == 10 * lines_a_second);
    BOOST_TEST(granted(lines, "one", 1000, start) == lines_a_second);
    const auto told = lines.take_left_out(start + 1s);
    BOOST_TEST_REQUIRE(told.size() == 2U);
    BOOST_TEST(told.front().count == 1000 - 10 * lines_a_second);
}

BOOST_AUTO_TEST_CASE(what_was_left_out_is_told_once_when_its_second_is_over) {
    ration lines(lines_a_second);
    BOOST_TEST(granted(lines, "one", 100, start) == lines_a_second);
    BOOST_TEST(lines.has_left_out());
    BOOST_TEST(lines.take_left_out(start + 999ms).empty());
    const auto told = lines.take_left_out(start + 1s);
    BOOST_TEST_REQUIRE(told.size() == 1U);
    BOOST_TEST(told[0].reason == "one");
    BOOST_TEST(told[0].count == 90U);
    BOOST_TEST((told[0].of == level::info));
    BOOST_TEST(!lines.has_left_out());
    BOOST_TEST(lines.take_left_out(start + 2s).empty());
    BOOST_TEST(granted(lines, "one", 100, start + 1s) == lines_a_second);
}

BOOST_AUTO_TEST_CASE(who_keeps_below_the_ration_is_never_left_out) {
    ration lines(lines_a_second);
    for (int second = 0; second < 100; ++second)
        BOOST_TEST(granted(lines, "one", lines_a_second, start + second * 1s) == lines_a_second);
    BOOST_TEST(!lines.has_left_out());
}

BOOST_AUTO_TEST_CASE(reasons_without_end_share_the_last_place) {
    ration lines(lines_a_second);
    constexpr std::size_t count = 10 * ration::most_reasons;
    for (std::size_t number = 0; number < count; ++number)
        static_cast<void>(granted(lines, "reason " + std::to_string(number), lines_a_second + 1, start));
    const auto told = lines.take_left_out(start + 1s);
    BOOST_TEST(told.size() == ration::most_reasons);
    BOOST_TEST(told.back().reason == "other reasons");
    BOOST_TEST(told.back().count > count - ration::most_reasons);
}

BOOST_AUTO_TEST_CASE(nothing_is_left_out_where_all_is_asked_for) {
    ration lines(0);
    BOOST_TEST(granted(lines, "one", 1000, start) == 1000U);
    BOOST_TEST(!lines.has_left_out());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::log
