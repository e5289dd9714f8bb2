// Quantities as people write them.
#include <tools/quantity.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace hawser;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(quantities)

BOOST_AUTO_TEST_CASE(a_duration_has_one_of_five_units) {
    BOOST_TEST((tools::parse_duration("20us") == 20us));
    BOOST_TEST((tools::parse_duration("500ms") == 500ms));
    BOOST_TEST((tools::parse_duration("1.5s") == 1500ms));
    BOOST_TEST((tools::parse_duration("2m") == 2min));
    BOOST_TEST((tools::parse_duration("24h") == 24h));
    BOOST_TEST((tools::parse_duration("0.5h") == 30min));
    BOOST_TEST((tools::parse_duration("0") == 0s));
    BOOST_TEST((tools::parse_duration("0h") == 0s));
    for (const char* none : {"", "5", "h", "1hh", "1 h", "1H", "-1h", "1d", "300000h"})
        BOOST_TEST(!tools::parse_duration(none), none);
}

BOOST_AUTO_TEST_CASE(a_duration_of_which_nothing_is_left_is_none) {
    for (const char* none : {"0.0001us", "0.0000001ms", "0.0000000001s", "0.00000000001m", "0.0000000000001h"})
        BOOST_TEST(!tools::parse_duration(none), none);
}

BOOST_AUTO_TEST_CASE(what_is_none_is_told_with_the_units_that_there_are) {
    const auto says = [](const std::string& what) {
        return [what](const std::invalid_argument& error) { return what == error.what(); };
    };
    BOOST_CHECK_EXCEPTION(static_cast<void>(tools::duration_of("5")), std::invalid_argument,
                          says("'5' is no duration: a number and us, ms, s, m or h, as in 1.5s"));
    BOOST_CHECK_EXCEPTION(static_cast<void>(tools::size_of("5MB")), std::invalid_argument,
                          says("'5MB' is no size: a number of bytes, or of KiB, MiB or GiB, as in 64KiB"));
    BOOST_TEST((tools::duration_of("2h") == 2h));
    BOOST_TEST(tools::size_of("2KiB") == 2048U);
}

BOOST_AUTO_TEST_SUITE_END()
