// When a connection looks for bytes itself: a plain object, without a socket.
#include <hawser/io/lookout.hpp>

#include <boost/test/unit_test.hpp>

namespace hawser::io {

namespace {

// Waits until one begins with a look, and how many did not before it.
int waits_before_the_look(lookout& looks) {
    for (int waits = 0;; ++waits) {
        looks.begin_wait();
        if (looks.is_due()) return waits;
        looks.looked(false);   // nobody has: it was not due
    }
}

}   // namespace

BOOST_AUTO_TEST_SUITE(lookouts)

BOOST_AUTO_TEST_CASE(a_connection_looks_for_the_first_time_once_it_is_in_conversation) {
    lookout looks;
    BOOST_TEST(waits_before_the_look(looks) == 15);
}

BOOST_AUTO_TEST_CASE(a_look_that_finds_something_makes_every_wait_begin_with_one) {
    lookout looks;
    static_cast<void>(waits_before_the_look(looks));
    looks.looked(true);
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(waits_before_the_look(looks) == 0);
        looks.looked(true);
    }
}

BOOST_AUTO_TEST_CASE(each_look_in_vain_doubles_the_waits_until_the_next_up_to_64) {
    lookout looks;
    static_cast<void>(waits_before_the_look(looks));
    looks.looked(true);
    static_cast<void>(waits_before_the_look(looks));
    for (const int waits : {1, 2, 4, 8, 16, 32, 64, 64, 64}) {
        looks.looked(false);
        BOOST_TEST(waits_before_the_look(looks) == waits - 1);
    }
    looks.looked(true);
    BOOST_TEST(waits_before_the_look(looks) == 0);
}

BOOST_AUTO_TEST_CASE(what_was_not_due_changes_nothing) {
    lookout looks;
    for (int i = 0; i < 1000; ++i) looks.looked(true);
    BOOST_TEST(!looks.is_due());
    BOOST_TEST(waits_before_the_look(looks) == 15);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
