// How often an address may ask, told by a table of fixed size at times that the test chooses.
#include "../../server/src/datagrams/address_rates.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>

using namespace hawser;
using namespace std::chrono_literals;
using server::address_rate;
using server::address_rates;

namespace {

constexpr io::time_point start = io::time_point(1'000s);
constexpr std::uint64_t secret = 0x0123'4567'89ab'cdef;

// One of 16 million addresses.
io::endpoint numbered(std::uint32_t number, std::uint16_t port = 1) {
    return {.what = io::endpoint::kind::ipv4,
            .port = port,
            .host = {10, static_cast<unsigned char>(number >> 16), static_cast<unsigned char>(number >> 8),
                     static_cast<unsigned char>(number)}};
}

address_rates rates_of(double a_second, std::size_t addresses = 64) {
    return {address_rate("rate", a_second), addresses, secret};
}

int allowed(address_rates& rates, const io::endpoint& from, io::time_point now, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += rates.allows(from, now) ? 1 : 0;
    return count;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(rates_of_addresses)

BOOST_AUTO_TEST_CASE(an_address_may_as_often_as_a_second_brings_and_again_as_time_passes) {
    address_rates rates = rates_of(5);
    BOOST_TEST(allowed(rates, numbered(1), start, 10) == 5);
    BOOST_TEST(allowed(rates, numbered(1), start + 200ms, 10) == 1);
    BOOST_TEST(allowed(rates, numbered(1), start + 600ms, 10) == 2);
    BOOST_TEST(allowed(rates, numbered(1), start + 1h, 10) == 5);
}

BOOST_AUTO_TEST_CASE(one_address_does_not_count_for_another_but_its_ports_are_one) {
    address_rates rates = rates_of(1);
    BOOST_TEST(rates.allows(numbered(1, 1000), start));
    BOOST_TEST(!rates.allows(numbered(1, 2000), start));
    BOOST_TEST(rates.allows(numbered(2), start));
}

BOOST_AUTO_TEST_CASE(of_ipv6_a_64_is_one_address) {
    address_rates rates = rates_of(1);
    io::endpoint one{.what = io::endpoint::kind::ipv6, .host = {0x20, 1, 0xd, 0xb8}};
    BOOST_TEST(rates.allows(one, start));
    one.host[15] = 7;
    BOOST_TEST(!rates.allows(one, start));
    one.host[7] = 7;
    BOOST_TEST(rates.allows(one, start));
}

BOOST_AUTO_TEST_CASE(without_a_limit_there_is_no_table_and_everybody_may) {
    address_rates rates(address_rate("rate", std::nullopt), 4096, secret);
    BOOST_TEST(rates.places() == 0U);
    BOOST_TEST(allowed(rates, numbered(1), start, 1000) == 1000);
}

BOOST_AUTO_TEST_CASE(who_has_no_address_may) {
    address_rates rates = rates_of(1);
    BOOST_TEST(allowed(rates, io::endpoint{.what = io::endpoint::kind::memory}, start, 10) == 10);
}

BOOST_AUTO_TEST_CASE(who_is_over_its_rate_stays_known_however_many_others_come) {
    address_rates rates = rates_of(10, 64);
    BOOST_TEST(allowed(rates, numbered(0), start, 100) == 10);
    for (std::uint32_t other = 1; other < 10'000; ++other) BOOST_TEST_REQUIRE(rates.allows(numbered(other), start));
    BOOST_TEST(!rates.allows(numbered(0), start));
    BOOST_TEST(rates.places() == 64U);
}

BOOST_AUTO_TEST_CASE(addresses_that_come_one_after_the_other_are_spread_over_the_table) {
    address_rates rates = rates_of(1, 4096);
    for (std::uint32_t number = 0; number < 2048; ++number) BOOST_TEST_REQUIRE(rates.allows(numbered(number), start));
    int known = 0;
    for (std::uint32_t number = 0; number < 2048; ++number) known += rates.allows(numbered(number), start) ? 0 : 1;
    BOOST_TEST(known > 1900);   // a set that is full has forgotten a few
}

BOOST_AUTO_TEST_CASE(less_than_one_a_day_is_refused_by_its_name) {
    const auto is_named = [](const std::invalid_argument& error) {
        return std::string_view(error.what()).starts_with("datagrams.rate is less than one a day");
    };
    BOOST_CHECK_EXCEPTION(address_rate("datagrams.rate", 0.0), std::invalid_argument, is_named);
    BOOST_CHECK_EXCEPTION(address_rate("datagrams.rate", -1.0), std::invalid_argument, is_named);
}

BOOST_AUTO_TEST_SUITE_END()
