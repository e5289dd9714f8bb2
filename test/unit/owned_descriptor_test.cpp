// Who owns a descriptor closes it, once; and the standard ones are nobody else's.
#include "support/in_a_child.hpp"

#include <hawser/io/owned_descriptor.hpp>
#include <hawser/io/run.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>
#include <vector>

namespace hawser::io {

namespace {

int opened() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

bool is_the_null_device(int number) {
    struct stat here{}, null{};
    return ::fstat(number, &here) == 0 && ::stat("/dev/null", &null) == 0 && S_ISCHR(here.st_mode) &&
           here.st_rdev == null.st_rdev;
}

// Beside a connection, as a client program has it.
task<bool> lead_to_the_null_device(std::vector<int> numbers) {
    asio::ip::tcp::socket connection(co_await this_executor);
    connection.open(asio::ip::tcp::v4());
    bool all = connection.native_handle() > STDERR_FILENO;
    for (const int number : numbers) all = all && is_the_null_device(number);
    co_return all;
}

}   // namespace

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

BOOST_AUTO_TEST_CASE(in_a_program_that_only_runs_a_task_what_is_printed_goes_to_no_connection) {
    for (const std::vector<int>& closed : std::vector<std::vector<int>>{{0}, {1}, {2}, {0, 1}, {0, 1, 2}}) {
        const bool right = test::holds_in_a_child([&] {
            for (const int number : closed) ::close(number);
            return run(lead_to_the_null_device(closed));
        });
        BOOST_TEST(right, closed.size() << " are closed, the last of them " << closed.back());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
