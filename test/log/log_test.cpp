// The log over a standard error of the test's own: one that is read, one that nobody reads, one whose reader is gone.
#include <hawser/log/log.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace hawser::log {

namespace {

using namespace std::chrono_literals;

constexpr int many = 5000;   // more than a pipe holds, and fewer than may wait

// A pipe in the place of standard error.
class replaced_error {
public:
    replaced_error() : before_(::dup(STDERR_FILENO)) {
        int ends[2];
        BOOST_TEST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[1]);
        reader_ = ends[0];
    }
    replaced_error(const replaced_error&) = delete;
    replaced_error& operator=(const replaced_error&) = delete;
    ~replaced_error() {
        restore();
        leave();
    }

    void leave() {
        if (reader_ >= 0) ::close(reader_);
        reader_ = -1;
    }
    /// Everything up to the end.
    std::string rest() {
        restore();
        std::string all;
        char room[4096];
        for (ssize_t count = 0; (count = ::read(reader_, room, sizeof room)) > 0;) all.append(room, static_cast<std::size_t>(count));
        return all;
    }

private:
    void restore() {
        if (before_ < 0) return;
        ::dup2(before_, STDERR_FILENO);
        ::close(std::exchange(before_, -1));
    }

    int before_;
    int reader_ = -1;
};

std::size_t lines_with(const std::string& all, std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = all.find(what); at != std::string::npos; at = all.find(what, at + 1)) ++count;
    return count;
}

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
