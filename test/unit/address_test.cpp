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

}   // namespace

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
    for (const std::string& text : {std::string(),
                                    std::string(":"),
                                    std::string("localhost"),
                                    std::string("localhost:"),
                                    std::string("8888"),
                                    std::string("host:port"),
                                    std::string(":65536"),
                                    std::string(":-1"),
                                    std::string(":+1"),
                                    std::string(": 1"),
                                    std::string(":1 "),
                                    std::string(":0x50"),
                                    std::string(":99999999999999999999"),
                                    std::string("::1:80"),
                                    std::string("::1"),
                                    std::string("[::1]"),
                                    std::string("[::1]80"),
                                    std::string("[::1]x:80"),
                                    std::string("[::1:80"),
                                    std::string("::1]:80"),
                                    std::string("[]:80"),
                                    std::string("[localhost]:80"),
                                    std::string("[1.2.3.4]:80"),
                                    std::string("[[::1]]:80"),
                                    std::string("a b:80"),
                                    std::string("a\tb:80"),
                                    std::string("unix:"),
                                    "unix:" + std::string(108, 'p'),
                                    std::string("tcp:"),
                                    std::string("tcp4::"),
                                    std::string("udp:host:"),
                                    std::string("tcp5:host:80"),
                                    std::string("TCP:host:80"),
                                    std::string("tcp:tcp:host:80"),
                                    std::string("tcp:unix:/run/x"),
                                    std::string("tcp4:[::1]:80"),
                                    std::string("udp4:[::1]:80"),
                                    std::string("tcp6:127.0.0.1:80"),
                                    std::string("udp6:10.0.0.1:80"),
                                    std::string("tcp:::1:80")}) {
        const result<address> read = address::parse(text);
        BOOST_TEST_REQUIRE(read.has_error(), text);
        BOOST_TEST(read.error() == errc::bad_address);
    }
}

BOOST_AUTO_TEST_CASE(an_address_shows_as_it_was_written_with_a_star_for_an_empty_host) {
    for (const std::string_view text : {"localhost:8888", "[::1]:80", "10.0.0.1:1", "unix:/run/x", "tcp4:localhost:80",
                                        "tcp6:[::1]:80", "udp:localhost:53", "udp4:10.0.0.1:53", "udp6:*:53", "*:1"})
        BOOST_TEST(parsed(text).text() == text);
    BOOST_TEST(parsed(":8888").text() == "*:8888");
    BOOST_TEST(parsed("tcp:localhost:80").text() == "localhost:80");
}

BOOST_AUTO_TEST_CASE(a_network_before_an_address_says_what_and_which_family) {
    using enum address::ip_family;
    using enum address::kind;
    const auto reads = [](std::string_view text, const address& right) { BOOST_TEST((parsed(text) == right), text); };
    reads("tcp:localhost:80", {.what = address::kind::tcp, .host = "localhost", .port = 80});
    reads("tcp4:localhost:80", {.what = address::kind::tcp, .family = ipv4, .host = "localhost", .port = 80});
    reads("tcp6:[fe80::1%eth0]:80", {.what = address::kind::tcp, .family = ipv6, .host = "fe80::1%eth0", .port = 80});
    reads("tcp4::8888", {.what = address::kind::tcp, .family = ipv4, .port = 8888});
    reads("udp::9999", {.what = udp, .port = 9999});
    reads("udp:*:9999", {.what = udp, .port = 9999});
    reads("udp4:127.0.0.1:0", {.what = udp, .family = ipv4, .host = "127.0.0.1"});
    reads("udp6:localhost:1", {.what = udp, .family = ipv6, .host = "localhost", .port = 1});
    reads("*:8888", {.port = 8888});
}

BOOST_AUTO_TEST_CASE(a_network_without_a_colon_behind_it_is_a_host) {
    for (const std::string_view name : {"tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "tcp5"})
        tcp(std::string(name) + ":8888", name, 8888);
}

BOOST_AUTO_TEST_CASE(every_address_is_read_back_from_its_text) {
    for (const auto what : {address::kind::tcp, address::kind::udp})
        for (const auto family : {address::ip_family::any, address::ip_family::ipv4, address::ip_family::ipv6})
            for (const std::string_view host : {"", "localhost", "tcp", "udp4", "unix", "::1", "127.0.0.1"}) {
                address made{.what = what, .family = family, .host = std::string(host), .port = 80};
                if (host == "::1" && family == address::ip_family::ipv4) continue;   // not of this family
                if (host == "127.0.0.1" && family == address::ip_family::ipv6) continue;
                BOOST_TEST((parsed(made.text()) == made), made.text());
            }
    const address path{.what = address::kind::unix_path, .path = "80"};
    BOOST_TEST((parsed(path.text()) == path));
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

}   // namespace hawser::io
