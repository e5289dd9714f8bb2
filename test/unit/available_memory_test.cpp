// What a process may have: less if it has limits of its own. They are set in a child, as they cannot be taken back.
#include <hawser/io/memory_budget.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <limits>

namespace hawser::io {

namespace {

constexpr std::size_t room = 200 * 1024 * 1024;

// Of /proc/self/statm, in bytes.
std::size_t in_use(int field) {
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    for (int number = 0; number <= field; ++number) file >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

template <class Kind>
bool keeps_to(Kind limited, int field) {
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit limit{.rlim_cur = in_use(field) + room, .rlim_max = RLIM_INFINITY};
        const bool is_set = ::setrlimit(limited, &limit) == 0;
        const std::size_t available = available_memory();
        ::_exit(is_set && available <= room / 2 && available > room / 4 ? 0 : 1);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(available)

BOOST_AUTO_TEST_CASE(the_machine_has_some) {
    BOOST_TEST(available_memory() > 0U);
    BOOST_TEST(available_memory() < std::numeric_limits<std::size_t>::max());
}

BOOST_AUTO_TEST_CASE(half_of_what_is_left_of_an_address_space_counts) { BOOST_TEST(keeps_to(RLIMIT_AS, 0)); }

BOOST_AUTO_TEST_CASE(half_of_what_is_left_of_the_data_counts) { BOOST_TEST(keeps_to(RLIMIT_DATA, 5)); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace hawser::io
