// Who may connect: decided without a socket, at times that the test chooses.
#include <hawser/server/admission.hpp>
#include <hawser/server/error.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;
using server::admission;
using server::admission_limits;

namespace {

constexpr io::time_point start = io::time_point(1'000s);
constexpr std::size_t many_descriptors = 1'000'000;

io::endpoint at(std::string_view address, std::uint16_t port = 1) {
    const io::address_block one = io::address_block::parse(address).value();
    return {.what = one.family, .port = port, .host = one.first};
}

// One of 16 million addresses.
io::endpoint numbered(std::uint32_t number) {
    return {.what = io::endpoint::kind::ipv4,
            .host = {10, static_cast<unsigned char>(number >> 16), static_cast<unsigned char>(number >> 8),
                     static_cast<unsigned char>(number)}};
}

std::vector<io::address_block> blocks(std::initializer_list<const char*> texts) {
    std::vector<io::address_block> made;
    for (const char* text : texts) made.push_back(io::address_block::parse(text).value());
    return made;
}

void admits(admission& door, const io::endpoint& who, io::time_point now = start) {
    BOOST_TEST(door.admit(who, now) == error_code());
}

void refuses(admission& door, const io::endpoint& who, server::errc why, io::time_point now = start) {
    BOOST_TEST(door.admit(who, now) == make_error_code(why));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(admissions)

BOOST_AUTO_TEST_CASE(by_default_everybody_gets_in_up_to_ten_thousand_or_what_the_descriptors_allow) {
    BOOST_TEST(server::default_max_connections(many_descriptors) == 10'000U);
    BOOST_TEST(server::default_max_connections(10'064) == 10'000U);
    BOOST_TEST(server::default_max_connections(1'024) == 960U);
    BOOST_TEST(server::default_max_connections(128) == 64U);
    BOOST_TEST(server::default_max_connections(64) == 32U);
    BOOST_TEST(server::default_max_connections(0) == 1U);
    admission door({}, 1'024);
    for (int i = 0; i < 960; ++i) admits(door, at("192.0.2.1"));
    refuses(door, at("192.0.2.1"), server::errc::too_many_connections);
    refuses(door, at("192.0.2.2"), server::errc::too_many_connections);
}

BOOST_AUTO_TEST_CASE(connections_in_all_are_limited_and_one_that_ends_makes_room) {
    admission door({.max_connections = 2}, many_descriptors);
    admits(door, at("192.0.2.1"));
    admits(door, {.what = io::endpoint::kind::unix_path});
    refuses(door, at("192.0.2.2"), server::errc::too_many_connections);
    refuses(door, {.what = io::endpoint::kind::memory}, server::errc::too_many_connections);
    door.release({.what = io::endpoint::kind::unix_path}, start);
    admits(door, at("192.0.2.2"));
    BOOST_TEST(door.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(connections_from_one_address_are_limited_whatever_their_port) {
    admission door({.max_per_address = 2}, many_descriptors);
    admits(door, at("192.0.2.1", 1));
    admits(door, at("192.0.2.1", 2));
    refuses(door, at("192.0.2.1", 3), server::errc::too_many_from_address);
    admits(door, at("192.0.2.2", 3));
    door.release(at("192.0.2.1", 1), start);
    admits(door, at("192.0.2.1", 4));
    refuses(door, at("192.0.2.1", 5), server::errc::too_many_from_address);
}

BOOST_AUTO_TEST_CASE(an_ipv6_address_counts_as_its_64) {
    admission door({.max_per_address = 1}, many_descriptors);
    admits(door, at("2001:db8::1"));
    refuses(door, at("2001:db8:0:0:ffff::2"), server::errc::too_many_from_address);
    admits(door, at("2001:db8:0:1::1"));
    admits(door, at("2001:db8:1::1"));
}

BOOST_AUTO_TEST_CASE(peers_without_an_address_are_only_under_the_total) {
    admission door({.max_connections = 10, .max_per_address = 1, .accept_rate = 1, .allow = blocks({"192.0.2.0/24"})},
                   many_descriptors);
    for (int i = 0; i < 5; ++i) admits(door, {.what = io::endpoint::kind::unix_path});
    for (int i = 0; i < 5; ++i) admits(door, {.what = io::endpoint::kind::memory});
    BOOST_TEST(door.addresses() == 0U);
}

BOOST_AUTO_TEST_CASE(allowed_is_who_is_in_a_block_and_deny_has_the_last_word) {
    admission door({.allow = blocks({"192.0.2.0/24", "2001:db8::/32"}), .deny = blocks({"192.0.2.7"})},
                   many_descriptors);
    admits(door, at("192.0.2.1"));
    admits(door, at("2001:db8::1"));
    refuses(door, at("192.0.2.7"), server::errc::denied);
    refuses(door, at("192.0.3.1"), server::errc::denied);
    refuses(door, at("::1"), server::errc::denied);
    admission others({.deny = blocks({"192.0.2.0/24"})}, many_descriptors);
    refuses(others, at("192.0.2.1"), server::errc::denied);
    admits(others, at("192.0.3.1"));
    admits(others, at("::1"));
}

BOOST_AUTO_TEST_CASE(an_address_may_connect_as_often_as_its_rate_says_and_in_one_go_after_a_pause) {
    admission door({.accept_rate = 4}, many_descriptors);
    for (int i = 0; i < 4; ++i) admits(door, at("192.0.2.1"));
    refuses(door, at("192.0.2.1"), server::errc::accept_rate_exceeded);
    admits(door, at("192.0.2.2"));
    refuses(door, at("192.0.2.1"), server::errc::accept_rate_exceeded, start + 249ms);
    admits(door, at("192.0.2.1"), start + 250ms);
    refuses(door, at("192.0.2.1"), server::errc::accept_rate_exceeded, start + 499ms);
    for (int i = 0; i < 4; ++i) admits(door, at("192.0.2.1"), start + 10s);
    refuses(door, at("192.0.2.1"), server::errc::accept_rate_exceeded, start + 10s);
}

BOOST_AUTO_TEST_CASE(a_rate_below_one_a_second_lets_one_in_at_a_time) {
    admission door({.accept_rate = 0.1}, many_descriptors);
    admits(door, at("192.0.2.1"));
    refuses(door, at("192.0.2.1"), server::errc::accept_rate_exceeded, start + 9s);
    admits(door, at("192.0.2.1"), start + 10s);
    refuses(door, at("192.0.2.1"), server::errc::accept_rate_exceeded, start + 11s);
}

BOOST_AUTO_TEST_CASE(leaving_and_coming_back_does_not_get_around_the_rate) {
    admission door({.accept_rate = 1}, many_descriptors);
    admits(door, at("192.0.2.1"));
    door.release(at("192.0.2.1"), start + 10ms);
    BOOST_TEST(door.addresses() == 1U);
    refuses(door, at("192.0.2.1"), server::errc::accept_rate_exceeded, start + 20ms);
    admits(door, at("192.0.2.1"), start + 1s);
}

BOOST_AUTO_TEST_CASE(who_is_refused_takes_no_place_and_no_token) {
    admission door({.max_connections = 1, .accept_rate = 1}, many_descriptors);
    admits(door, at("192.0.2.1"));
    for (int i = 0; i < 100; ++i) refuses(door, at("192.0.2.2"), server::errc::too_many_connections);
    BOOST_TEST(door.connections() == 1U);
    BOOST_TEST(door.addresses() == 1U);
    door.release(at("192.0.2.1"), start);
    admits(door, at("192.0.2.2"));
}

BOOST_AUTO_TEST_CASE(nothing_is_remembered_of_an_address_when_nothing_is_left_of_it) {
    admission unlimited({}, many_descriptors);
    admission limited({.accept_rate = 2}, many_descriptors);
    for (admission* door : {&unlimited, &limited}) {
        for (std::uint32_t i = 0; i < 100; ++i) admits(*door, numbered(i));
        BOOST_TEST(door->addresses() == 100U);
        for (std::uint32_t i = 0; i < 100; ++i) door->release(numbered(i), start);
    }
    BOOST_TEST(unlimited.addresses() == 0U);
    BOOST_TEST(limited.addresses() == 100U);
    admits(limited, numbered(200), start + 1s);
    BOOST_TEST(limited.addresses() == 1U);
}

BOOST_AUTO_TEST_CASE(a_flood_from_different_addresses_does_not_make_it_grow) {
    admission door({.accept_rate = 0.001}, many_descriptors);
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        const io::time_point now = start + i * 1us;
        admits(door, numbered(i), now);
        door.release(numbered(i), now);
    }
    BOOST_TEST(door.connections() == 0U);
    BOOST_TEST(door.addresses() == admission::max_resting);
    // The youngest are those that are remembered.
    refuses(door, numbered(99'999), server::errc::accept_rate_exceeded, start + 1s);
    admits(door, numbered(0), start + 1s);
}

BOOST_AUTO_TEST_CASE(limits_that_make_no_sense_are_refused) {
    for (const double rate : {0.0, -1.0, 1e-9, std::numeric_limits<double>::quiet_NaN()})
        BOOST_CHECK_THROW(admission({.accept_rate = rate}, many_descriptors), std::invalid_argument);
    BOOST_CHECK_THROW(admission({.max_connections = 0}, many_descriptors), std::invalid_argument);
    BOOST_CHECK_THROW(admission({.max_per_address = 0}, many_descriptors), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(every_reason_is_counted_has_a_text_of_its_own_and_is_a_limit) {
    using server::errc;
    server::refusals counts;
    std::set<std::string> texts;
    std::uint64_t all = 0;
    for (const error_code why :
         {make_error_code(errc::denied), make_error_code(errc::too_many_connections),
          make_error_code(errc::too_many_from_address), make_error_code(errc::accept_rate_exceeded),
          make_error_code(errc::out_of_descriptors)}) {
        texts.insert(why.message());
        BOOST_TEST((why == condition::limit));
        counts.count(why);
        BOOST_TEST(counts.all() == ++all);
    }
    BOOST_TEST(texts.size() == all);
    BOOST_TEST(!texts.contains("unknown error"));
    BOOST_TEST(counts.denied + counts.out_of_descriptors == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
