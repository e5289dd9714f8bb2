// What somebody who has mistyped a name may have meant.
#include <tools/nearest.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

std::string meant(std::string_view word) {
    static const std::vector<std::string> names{"listen", "linger", "max-frame", "pid", "port", "port-file", "threads"};
    return hawser::tools::nearest(word, names);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(nearests)

BOOST_AUTO_TEST_CASE(some_letters_are_forgiven) {
    for (const char* word : {"listen", "lisen", "lissten", "lisden", "lsiten"})
        BOOST_TEST(meant(word) == "listen", word);
    BOOST_TEST(meant("max_frame") == "max-frame");
    BOOST_TEST(meant("prot") == "port");
    BOOST_TEST(meant("thread") == "threads");
}

BOOST_AUTO_TEST_CASE(the_beginning_of_a_name_is_enough) {
    BOOST_TEST(meant("thr") == "threads");
    BOOST_TEST(meant("port-") == "port");   // the nearer one
    BOOST_TEST(meant("port-f") == "port-file");
    BOOST_TEST(meant("t") == "");
}

BOOST_AUTO_TEST_CASE(what_is_like_nothing_has_no_nearest) {
    for (const char* word : {"", "x", "frobnicate", "config", "version"}) BOOST_TEST(meant(word) == "", word);
}

BOOST_AUTO_TEST_SUITE_END()
