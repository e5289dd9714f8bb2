#include "support/print.hpp"

#include <hawser/io/address_block.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace hawser::io {

namespace {

endpoint at(std::string_view address) {
    const auto one = address_block::parse(address);
    BOOST_TEST_REQUIRE(one.has_value(), address);
    return {.what = one->family, .host = one->first};
}

bool holds(std::string_view block, std::string_view address) {
    const auto parsed = address_block::parse(block);
    BOOST_TEST_REQUIRE(parsed.has_value(), block);
    return parsed->contains(at(address));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(address_blocks)

BOOST_AUTO_TEST_CASE(a_block_is_read_as_cidr_writes_it_and_one_address_is_a_block) {
    for (const char* text :
         {"10.0.0.0/8", "0.0.0.0/0", "127.0.0.1/32", "::/0", "::1/128", "2001:db8::/32", "fe80::/10"})
        BOOST_TEST(address_block::parse(text).value().text() == text);
    BOOST_TEST(address_block::parse("10.1.2.3").value().text() == "10.1.2.3/32");
    BOOST_TEST(address_block::parse("::1").value().text() == "::1/128");
}

BOOST_AUTO_TEST_CASE(what_is_no_block_is_refused) {
    for (const char* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", " 10.0.0.0/8",
                             "10.0.0/8", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "::/129", "::1%lo", "[::1]", "[::1]/128",
                             "localhost", "10.0.0.0/4294967304", "unix"})
        BOOST_TEST(!address_block::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(a_bit_behind_the_prefix_is_refused_as_it_may_mean_two_things) {
    BOOST_TEST(!address_block::parse("10.0.0.1/8").has_value());
    BOOST_TEST(!address_block::parse("10.128.0.0/8").has_value());
    BOOST_TEST(!address_block::parse("2001:db8::1/64").has_value());
    BOOST_TEST(address_block::parse("10.128.0.0/9").has_value());
}

BOOST_AUTO_TEST_CASE(a_block_contains_what_begins_with_its_bits) {
    BOOST_TEST(holds("10.0.0.0/8", "10.255.0.1"));
    BOOST_TEST(!holds("10.0.0.0/8", "11.0.0.0"));
    BOOST_TEST(holds("10.128.0.0/9", "10.128.0.0"));
    BOOST_TEST(!holds("10.128.0.0/9", "10.127.255.255"));
    BOOST_TEST(holds("0.0.0.0/0", "203.0.113.9"));
    BOOST_TEST(holds("2001:db8::/33", "2001:db8:7fff::1"));
    BOOST_TEST(!holds("2001:db8::/33", "2001:db8:8000::"));
    BOOST_TEST(holds("::1", "::1"));
    BOOST_TEST(!holds("::1", "::2"));
}

BOOST_AUTO_TEST_CASE(families_are_apart_and_ipv4_mapped_into_ipv6_is_ipv4) {
    BOOST_TEST(!holds("::/0", "127.0.0.1"));
    BOOST_TEST(!holds("0.0.0.0/0", "::1"));
    BOOST_TEST(address_block::parse("::ffff:10.0.0.0/104").value().text() == "10.0.0.0/8");
    BOOST_TEST(holds("::ffff:127.0.0.1", "127.0.0.1"));
    BOOST_TEST(address_block::parse("::/96").value().text() == "::/96");
}

BOOST_AUTO_TEST_CASE(a_peer_without_an_address_is_in_no_block) {
    for (const auto kind : {endpoint::kind::none, endpoint::kind::unix_path, endpoint::kind::memory})
        for (const char* everybody : {"0.0.0.0/0", "::/0"})
            BOOST_TEST(!address_block::parse(everybody).value().contains({.what = kind}));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
