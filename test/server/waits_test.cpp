// Where the coroutines of a session wait, as server::each finds it.
#include "support/raw_peer.hpp"
#include "support/running_server.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <regex>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

namespace hawser::test {

namespace {

using namespace std::chrono_literals;

std::atomic<unsigned> inner_line = 0;
std::atomic<unsigned> outer_line = 0;

io::task<void> reads_until_the_end(server::connection& conn) {
    inner_line = std::source_location::current().line() + 1;
    while (const auto frame = co_await conn.read_frame()) {}
}

io::task<void> serve(server::connection& conn) {
    outer_line = std::source_location::current().line() + 1;
    co_await reads_until_the_end(conn);
}

// What the one connection tells, or nothing if it is not there yet.
std::vector<std::string> told_by_the_connection(server::server& of) {
    const auto told = std::make_shared<std::promise<std::vector<std::string>>>();
    std::future<std::vector<std::string>> lines = told->get_future();
    tell_each(of, [told](server::context& here) { told->set_value(here.waits()); });
    while (lines.wait_for(1ms) != std::future_status::ready)
        if (told.use_count() == 1) return {};   // nobody was visited
    return lines.get();
}

double seconds_of(const std::vector<std::string>& lines) {
    std::smatch found;
    if (lines.empty() ||
        !std::regex_match(lines.front(), found, std::regex(R"([a-z_]+\.[ch]pp:\d+ \(for (\d+)\.(\d) s\))")))
        return -1;
    return std::stoi(found[1]) + std::stoi(found[2]) / 10.0;
}

std::string place(unsigned line) { return "waits_test.cpp:" + std::to_string(line); }

}   // namespace

BOOST_AUTO_TEST_SUITE(waits)

BOOST_AUTO_TEST_CASE(a_session_says_at_which_lines_it_waits_and_since_when) {
    running_server server(serve);
    raw_peer peer(server.port());
    std::vector<std::string> lines;
    BOOST_TEST_REQUIRE(eventually([&] {
        lines = told_by_the_connection(server.get());
        return seconds_of(lines) >= 0.1;
    }));
    for (const std::string& line : lines) BOOST_TEST_MESSAGE(line);
    BOOST_TEST(seconds_of(lines) < 30);
    BOOST_TEST_REQUIRE(lines.size() == 2U);                           // and nothing is around the user's own
    BOOST_TEST(lines[0].starts_with(place(inner_line) + " (for "));   // reading waits in no coroutine of its own
    BOOST_TEST(lines[1] == place(outer_line));
    BOOST_TEST(std::ranges::count_if(lines, [](const std::string& line) { return line.find('/') != line.npos; }) == 0);
}

BOOST_AUTO_TEST_CASE(a_frame_begins_the_wait_anew) {
    running_server server(serve);
    raw_peer peer(server.port());
    BOOST_TEST_REQUIRE(eventually([&] { return seconds_of(told_by_the_connection(server.get())) >= 0.2; }));
    peer.say(std::string("\0\0\0\5x", 5));
    BOOST_TEST(eventually([&] {
        const double waits = seconds_of(told_by_the_connection(server.get()));
        return waits >= 0 && waits < 0.2;
    }));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::test
