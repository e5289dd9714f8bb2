#include "support/print.hpp"

#include <hawser/io/address.hpp>
#include <hawser/io/endpoint.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace hawser::io {

namespace {

address parsed(std::string_view text) {
    const result<address> read = address::parse(text);
    BOOST_TEST_REQUIRE(read.has_value(), text);
    return *read;
}

void tcp(std::string_view text, std::string_view host, std::uint16_t port) {
    const address read = parsed(text);
    BOOST_TEST((read.what == address::kind::tcp), text);
    BOOST_TEST(read.host == host);
    BOOST_TEST(read.port == port);
    BOOST_TEST(read.path == "");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(an_address_is_read_in_each_of_its_forms) {
    tcp("localhost:8888", "localhost", 8888);
    tcp("10.0.0.1:1", "10.0.0.1", 1);
    tcp("[::1]:80", "::1", 80);
    tcp("[fe80::1%eth0]:65535", "fe80::1%eth0", 65535);
    tcp(":8888", "", 8888);
    tcp(":0", "", 0);
    const address path = parsed("unix:/run/a:b.sock");
    BOOST_TEST((path.what == address::kind::unix_path));
    BOOST_TEST(path.path == "/run/a:b.sock");
    BOOST_TEST(parsed("unix:" + std::string(107, 'p')).path.size() == 107U);
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused) {
    for (const std::string& text :
         {std::string(), std::string(":"), std::string("localhost"), std::string("localhost:"), std::string("8888"),
          std::string("host:port"), std::string(":65536"), std::string(":-1"), std::string(":+1"), std::string(": 1"),
          std::string(":1 "), std::string(":0x50"), std::string(":99999999999999999999"), std::string("::1:80"),
          std::string("::1"), std::string("[::1]"), std::string("[::1]80"), std::string("[::1]x:80"),
          std::string("[::1:80"), std::string("::1]:80"), std::string("[]:80"), std::string("[localhost]:80"),
          std::string("[1.2.3.4]:80"), std::string("[[::1]]:80"), std::string("a b:80"), std::string("a\tb:80"),
          std::string("unix:"), "unix:" + std::string(108, 'p')}) {
        const result<address> read = address::parse(text);
        BOOST_TEST_REQUIRE(read.has_error(), text);
        BOOST_TEST(read.error() == errc::bad_address);
    }
}

BOOST_AUTO_TEST_CASE(an_address_shows_as_it_was_written_with_a_star_for_an_empty_host) {
    for (const std::string_view text : {"localhost:8888", "[::1]:80", "10.0.0.1:1", "unix:/run/x"})
        BOOST_TEST(parsed(text).text() == text);
    BOOST_TEST(parsed(":8888").text() == "*:8888");
}

BOOST_AUTO_TEST_CASE(an_endpoint_shows_who_it_is) {
    endpoint end;
    BOOST_TEST(end.text() == "?");
    end = {.what = endpoint::kind::ipv4, .port = 5555};
    end.host = {127, 0, 0, 1};
    BOOST_TEST(end.text() == "127.0.0.1:5555");
    end = {.what = endpoint::kind::ipv6, .port = 80};
    end.host.back() = 1;
    BOOST_TEST(end.text() == "[::1]:80");
    BOOST_TEST(endpoint{.what = endpoint::kind::unix_path}.text() == "unix");
    BOOST_TEST(endpoint{.what = endpoint::kind::memory}.text() == "memory");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace hawser::io
