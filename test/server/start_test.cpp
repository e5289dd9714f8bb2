// When a server says that it has started.
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <thread>

using namespace hawser;
using namespace hawser::test;

namespace {

std::ptrdiff_t threads_of_this_process() {
    std::thread([] {}).join();   // a sanitizer has one of its own, from the first one on
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

struct counts_threads final : server::events {
    std::ptrdiff_t seen = 0;
    void listening(const std::vector<std::string>&, const std::vector<std::uint16_t>&) override { seen = threads_of_this_process(); }
};

struct cannot_bear_it final : server::events {
    int said = 0;
    void listening(const std::vector<std::string>&, const std::vector<std::uint16_t>&) override { throw std::runtime_error("no room for a note"); }
    void stopping(std::size_t) override { ++said; }
    void stopped(const server::report&) override { ++said; }
};

server::config told_to(server::events& who) {
    server::config settings;
    settings.listen = {"127.0.0.1:0"};
    settings.threads = 3;
    settings.report_to = &who;
    return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(starting)

BOOST_AUTO_TEST_CASE(it_is_told_when_all_its_threads_are_there) {
    counts_threads told;
    server::server server(told_to(told), acking());
    const std::ptrdiff_t before = threads_of_this_process();
    BOOST_REQUIRE(server.start());
    BOOST_TEST(told.seen == before + 4);   // three that serve, and the front
}

BOOST_AUTO_TEST_CASE(who_cannot_bear_to_be_told_makes_the_start_fail_and_nothing_is_left) {
    cannot_bear_it told;
    server::server server(told_to(told), acking());
    const std::ptrdiff_t before = threads_of_this_process();
    BOOST_TEST(!server.start());
    BOOST_TEST(server.failure() == "no room for a note");
    BOOST_TEST(!server.ready());
    BOOST_TEST(told.said == 0);   // what was never running does not stop
    BOOST_TEST(threads_of_this_process() == before);
    BOOST_TEST(server.wait().failure == "no room for a note");
}

BOOST_AUTO_TEST_SUITE_END()
