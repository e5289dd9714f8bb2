// The log over a standard error of the test's own: one that is read, one that nobody reads, one whose reader is gone.
#include <support/replaced_error.hpp>

#include <hawser/log/log.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace hawser::log {

namespace {

using namespace std::chrono_literals;
using test::lines_with;
using test::replaced_error;

constexpr int many = 5000;   // more than a pipe holds, and fewer than may wait

}  // namespace

BOOST_AUTO_TEST_SUITE(logging)

BOOST_AUTO_TEST_CASE(what_waits_is_written_at_the_end) {
    replaced_error error;
    const std::uint64_t lost = dropped();
    {
        const writer lines(level::info);
        for (int number = 0; number < 100; ++number) write(level::info, "a line");
        write(level::debug, "not this one");
        BOOST_TEST(!enabled(level::debug));
    }
    const std::string all = error.rest();
    BOOST_TEST(lines_with(all, " info    a line\n") == 100U);
    BOOST_TEST(lines_with(all, "not this one") == 0U);
    BOOST_TEST(dropped() == lost);
}

BOOST_AUTO_TEST_CASE(of_a_reason_ten_lines_are_written_and_then_how_many_more) {
    replaced_error error;
    {
        const writer lines(level::info);
        for (int number = 0; number < 1884; ++number)
            if (may_write(level::info, "peers that shout")) write(level::info, "a peer shouts");
    }
    const std::string all = error.rest();
    const std::size_t written = lines_with(all, "a peer shouts");
    BOOST_TEST(written >= usual_ration);
    if (written == usual_ration) BOOST_TEST(lines_with(all, "and 1,874 more: peers that shout\n") == 1U);
}

BOOST_AUTO_TEST_CASE(the_end_does_not_wait_for_a_reader_that_never_reads) {
    const replaced_error error;
    const std::uint64_t lost = dropped();
    const auto begun = std::chrono::steady_clock::now();
    {
        const writer lines(level::info);
        for (int number = 0; number < many; ++number) write(level::info, std::string(100, 'x'));
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 20s));   // or for ever
    BOOST_TEST(dropped() > lost);
    BOOST_TEST(dropped() < lost + many);
}

BOOST_AUTO_TEST_CASE(lines_that_nobody_can_read_are_counted_and_end_nothing) {
    replaced_error error;
    error.leave();
    const std::uint64_t lost = dropped();
    {
        const writer lines(level::info);
        for (int number = 0; number < 100; ++number) write(level::info, "a line");
    }
    BOOST_TEST(dropped() == lost + 100);   // and SIGPIPE has not ended this program
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace hawser::log
