// Who owns a descriptor closes it, once.
#include <hawser/io/owned_descriptor.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace hawser::io {

namespace {

int opened() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

}  // namespace

BOOST_AUTO_TEST_SUITE(owned_descriptors)

BOOST_AUTO_TEST_CASE(it_is_closed_at_the_end_of_its_scope) {
    const int number = opened();
    {
        const owned_descriptor one(number);
        BOOST_TEST(one.is_open());
        BOOST_TEST(is_open(number));
    }
    BOOST_TEST(!is_open(number));
}

BOOST_AUTO_TEST_CASE(one_that_was_released_is_the_callers) {
    const int number = opened();
    {
        owned_descriptor one(number);
        BOOST_TEST(one.release() == number);
        BOOST_TEST(!one.is_open());
    }
    BOOST_TEST(is_open(number));
    ::close(number);
}

BOOST_AUTO_TEST_CASE(one_that_is_given_another_closes_its_own) {
    const int first = opened(), second = opened();
    owned_descriptor one(first);
    owned_descriptor other(second);
    one = std::move(other);
    BOOST_TEST(!is_open(first));
    BOOST_TEST(one.number() == second);
    const owned_descriptor third(std::move(one));
    BOOST_TEST(third.number() == second);
    BOOST_TEST(is_open(second));
}

BOOST_AUTO_TEST_CASE(closing_says_what_the_system_says) {
    owned_descriptor one(opened());
    BOOST_TEST(one.close());
    BOOST_TEST(one.close());   // none is open any more
    owned_descriptor taken_away(opened());
    ::close(taken_away.number());
    BOOST_TEST(!taken_away.close());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace hawser::io
