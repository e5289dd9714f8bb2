// Numbers as people read them.
#include <hawser/figures.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace hawser;

BOOST_AUTO_TEST_SUITE(figures)

BOOST_AUTO_TEST_CASE(digits_are_grouped_by_three) {
    BOOST_TEST(grouped(0) == "0");
    BOOST_TEST(grouped(999) == "999");
    BOOST_TEST(grouped(1000) == "1,000");
    BOOST_TEST(grouped(1'048'576) == "1,048,576");
    BOOST_TEST(grouped(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}

BOOST_AUTO_TEST_SUITE_END()
