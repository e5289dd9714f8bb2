// The log over a standard error of the test's own: one that is read, one that nobody reads, one whose reader
// is gone, one that is full.
#include <support/replaced_error.hpp>

#include <hawser/log/log.hpp>
#include <hawser/server/server.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace hawser::log {

namespace {

using namespace std::chrono_literals;
using test::lines_with;
using test::replaced_error;

constexpr int many = 5000;   // more than a pipe holds, and fewer than may wait

// While it lasts, standard error is on a disk that is full.
class full_error {
public:
    full_error() : before_(::dup(STDERR_FILENO)) {
        const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
        BOOST_TEST_REQUIRE(full >= 0);
        ::dup2(full, STDERR_FILENO);
        ::close(full);
    }
    full_error(const full_error&) = delete;
    full_error& operator=(const full_error&) = delete;
    ~full_error() {
        ::dup2(before_, STDERR_FILENO);
        ::close(before_);
    }

private:
    int before_;
};

// Into a full disk.
void lose(std::uint64_t lines) {
    const full_error full;
    const std::uint64_t lost = dropped() + lines;
    for (std::uint64_t number = 0; number < lines; ++number) write(level::info, "a line for nobody");
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (dropped() < lost && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    BOOST_TEST(dropped() >= lost);   // more if a line of before was still on its way
}

// The sum of what its lines about losses say.
std::uint64_t losses_told(const std::string& all) {
    constexpr std::string_view before = "log: ", after = " lines lost\n";
    std::uint64_t sum = 0;
    for (std::size_t at = all.find(after); at != std::string::npos; at = all.find(after, at + 1)) {
        const std::size_t begin = all.rfind(before, at) + before.size();
        sum += std::strtoull(all.c_str() + begin, nullptr, 10);
    }
    return sum;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(logging)

BOOST_AUTO_TEST_CASE(a_datagrams_handler_that_throws_is_a_line_and_a_flood_of_them_ten) {
    replaced_error error;
    {
        const writer lines(level::info);
        server_events events;
        for (int number = 0; number < 1000; ++number)
            events.datagram_failed({.what = io::endpoint::kind::ipv4, .port = 53, .host = {10, 0, 0, 1}}, "no\nsuch");
        events.stopped({.datagrams = {.in = 1000, .failed = 1000}});
    }
    const std::string all = error.rest();
    BOOST_TEST(lines_with(all, " warning the handler of a datagram from 10.0.0.1:53 failed: no\\x0asuch\n") == 10U);
    BOOST_TEST(lines_with(all, "and 990 more: handlers of datagrams failed\n") == 1U);
    BOOST_TEST(lines_with(all, "; datagrams: 1000 in, 0 out; 1000 dropped (1000 failed)\n") == 1U);
}

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

BOOST_AUTO_TEST_CASE(who_reads_again_is_told_how_many_lines_were_lost) {
    replaced_error error;
    {
        const writer lines(level::info);
        lose(100);
        write(level::info, "a line");
    }
    const std::string all = error.rest();
    BOOST_TEST(lines_with(all, "a line\n") == 1U);
    BOOST_TEST(lines_with(all, "log: 100 lines lost\n") == 1U);
    BOOST_TEST(lines_with(all, "lost\n") == 1U);
}

BOOST_AUTO_TEST_CASE(losses_are_told_once_a_second_at_most_and_the_rest_at_the_end) {
    replaced_error error;
    const std::uint64_t lost = dropped();
    const auto begun = std::chrono::steady_clock::now();
    {
        const writer lines(level::info);
        for (int round = 0; round < 100; ++round) {
            lose(2);
            write(level::info, "a line");
        }
    }
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun).count();
    const std::string all = error.rest();
    BOOST_TEST(losses_told(all) == dropped() - lost);
    // The first at once, the last at the end.
    BOOST_TEST(lines_with(all, "lines lost\n") <= static_cast<std::size_t>(seconds) + 2);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::log
