// Text for a terminal of 80 columns.
#include <tools/wrapping.hpp>

#include <boost/test/unit_test.hpp>

using hawser::tools::wrapped;

namespace {

// 88 columns.
const std::string words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";

}   // namespace

BOOST_AUTO_TEST_SUITE(fittings)

BOOST_AUTO_TEST_CASE(what_fits_stays_as_it_is) {
    const std::string text = "Usage: x\n\n  --name VALUE   what it is\n" + std::string(80, 'x') + "\n";
    BOOST_TEST(wrapped(text) == text);
    BOOST_TEST(wrapped("") == "");
    BOOST_TEST(wrapped("no end") == "no end\n");
}

BOOST_AUTO_TEST_CASE(a_paragraph_is_broken_between_words) {
    BOOST_TEST(wrapped(words + "\n") ==
               "one two three four five six seven eight nine ten eleven twelve thirteen fourteen\nfifteen\n");
    BOOST_TEST(wrapped(std::string(79, 'x') + " yz\n") == std::string(79, 'x') + "\nyz\n");
    BOOST_TEST(wrapped(std::string(80, 'x') + " yz\n") == std::string(80, 'x') + "\nyz\n");
}

BOOST_AUTO_TEST_CASE(a_row_goes_on_below_what_it_says) {
    const std::string made = wrapped("  --name VALUE   " + words + "\n");
    BOOST_TEST(made == "  --name VALUE   one two three four five six seven eight nine ten eleven twelve\n"
                       "                 thirteen fourteen fifteen\n");
    BOOST_TEST(wrapped("  " + words + "\n") ==
               "  one two three four five six seven eight nine ten eleven twelve thirteen\n    fourteen fifteen\n");
}

BOOST_AUTO_TEST_CASE(a_word_that_is_too_long_stays_whole) {
    const std::string word(100, 'x');
    BOOST_TEST(wrapped(word + "\n") == word + "\n");
    BOOST_TEST(wrapped(word + " and\n") == word + "\nand\n");
    BOOST_TEST(wrapped("  --name   " + word + "\n") == "  --name   " + word + "\n");
}

BOOST_AUTO_TEST_SUITE_END()
