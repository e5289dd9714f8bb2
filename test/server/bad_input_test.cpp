// Peers that break the protocol: their connection ends, nothing else does.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <hawser/packet/error.hpp>

#include <filesystem>
#include <ostream>
#include <random>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

struct breach {
    const char* name;
    std::string bytes;
    error_code why;
};

std::ostream& operator<<(std::ostream& out, const breach& b) { return out << b.name; }

std::string length(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
}

constexpr std::uint32_t limit = 1024 * 1024;

const std::vector<breach> breaches = {
    {"length 0", length(0), errc::too_short},
    {"length 3", length(3), errc::too_short},
    {"length 4, no packet", length(4), packet::errc::short_body},
    // clang-format off: a row is a line, though a literal ends where \x would take more digits
    {"length 12, half an id", length(12) + "\x02" "0000001", packet::errc::short_body},
    {"length 2^31", length(0x80000000U), errc::too_long},
    {"length 2^32-1", length(0xffffffffU), errc::too_long},
    {"one above the limit", length(limit + 1), errc::too_long},
    {"an unknown command", length(13) + "\x7f" "00000001", packet::errc::unknown_command},
    {"an ack sent to the server", length(14) + "\x82" "00000001" + std::string(1, '\0'), server::errc::no_handler},
    {"a conn_ack sent to the server", length(14) + "\x81" "00000001" + std::string(1, '\0'), server::errc::no_handler},
    {"a go_away sent to the server", length(17) + "\x04" "00000000" + std::string(4, '\0'), server::errc::no_handler},
    {"a submit with a short id", length(8) + "\x02" "001", packet::errc::short_body},
    {"a ping with a payload", length(14) + "\x03" "00000001" "x", packet::errc::trailing_bytes},
    // clang-format on
    {"an http request", "GET / HTTP/1.1\r\n\r\n", errc::too_long},
};

}   // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_DATA_TEST_CASE(a_breach_ends_its_connection_with_nothing_said_and_a_report_that_says_where, breaches, bad) {
    running_server server(acking());
    raw_peer good(server.port());
    good.say(submit_frame(1));
    BOOST_TEST(good.hear(14) == ack_frame(1));
    {
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        BOOST_TEST(peer.hear(14) == ack_frame(1));
        const auto before = std::chrono::steady_clock::now();
        peer.say(bad.bytes);
        BOOST_TEST(peer.hear_all() == "");
        BOOST_TEST((std::chrono::steady_clock::now() - before < 1s));
    }
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST(end.why == bad.why);
    BOOST_TEST(end.is_breach());
    BOOST_REQUIRE(end.where.has_value());
    BOOST_TEST(end.where->offset == 16U);   // behind a good submit
    const std::string window = bad.bytes.substr(0, end.where->window.size());
    BOOST_TEST(as_text(bytes(end.where->window).first(end.where->window_size)) == window);
    BOOST_TEST(end.text().find("(offset 16, bytes " + to_hex(as_bytes(window)) + ")") != std::string::npos);
    BOOST_TEST(eventually([&] { return server.get().connections() == 1; }));
    good.say(submit_frame(2));
    BOOST_TEST(good.hear(14) == ack_frame(2));
}

BOOST_AUTO_TEST_CASE(answers_earned_before_a_breach_in_the_same_write_still_arrive) {
    running_server server(acking());
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2) + length(0));
    BOOST_TEST(peer.hear_all() == ack_frame(1) + ack_frame(2));
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::too_short));
}

BOOST_AUTO_TEST_CASE(the_end_inside_a_header_or_a_body_is_a_truncated_frame) {
    running_server server(acking());
    for (const std::size_t cut : {1U, 3U, 4U, 9U, 15U}) {
        raw_peer peer(server.port());
        peer.say(submit_frame(1).substr(0, cut));
        peer.close_write();
        BOOST_TEST(peer.hear_all() == "");
        BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::truncated));
    }
}

BOOST_AUTO_TEST_CASE(a_reset_ends_that_connection_only) {
    running_server server(acking());
    raw_peer good(server.port());
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear(14) == ack_frame(1));
    peer.reset();
    BOOST_TEST((server.recorded().next_ending().why == condition::broken));
    good.say(submit_frame(1));
    BOOST_TEST(good.hear(14) == ack_frame(1));
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

BOOST_AUTO_TEST_CASE(garbage_leaves_neither_descriptors_nor_connections_behind) {
    running_server server(acking());
    const std::size_t before = open_descriptors();
    std::mt19937 random(20'231);
    for (int round = 0; round < 100; ++round) {
        raw_peer peer(server.port());
        std::string garbage(1 + random() % 300, '\0');
        for (char& octet : garbage) octet = static_cast<char>(random());
        peer.say(garbage);
        peer.close_write();
        static_cast<void>(peer.hear_all());
    }
    BOOST_TEST(eventually([&] { return server.get().connections() == 0; }));
    BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_SUITE_END()
