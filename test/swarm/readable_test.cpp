// Figures for people.
#include <swarm/program/view/readable.hpp>

#include <boost/test/unit_test.hpp>

using namespace hawser::swarm_program;

BOOST_AUTO_TEST_SUITE(readables)

BOOST_AUTO_TEST_CASE(a_number_is_never_written_with_an_exponent) {
    BOOST_TEST(readable(9.96, 2) == "10");
    BOOST_TEST(readable(99.6, 2) == "100");
    BOOST_TEST(readable(999.6, 3) == "1000");
    BOOST_TEST(readable(9999.9, 4) == "10000");
    BOOST_TEST(readable(9999.9, 3) == "10000");
    BOOST_TEST(readable(123456.7) == "123457");
    BOOST_TEST(readable(0.0) == "0");
    BOOST_TEST(readable(0.25) == "0.25");
    BOOST_TEST(readable(12.34, 3) == "12.3");
}

BOOST_AUTO_TEST_CASE(a_time_has_the_unit_that_fits) {
    using std::chrono::duration;
    BOOST_TEST(readable(duration<double>(850e-6)) == "850 us");
    BOOST_TEST(readable(duration<double>(999.6e-6)) == "1 ms");
    BOOST_TEST(readable(duration<double>(1.25e-3)) == "1.25 ms");
    BOOST_TEST(readable(duration<double>(2.5)) == "2.5 s");
    BOOST_TEST(readable(duration<double>(99.7e-6), 2) == "100 us");
}

BOOST_AUTO_TEST_SUITE_END()
