#include "support/codec_laws.hpp"
#include "support/ends_reference.hpp"
#include "support/print.hpp"

#include <hawser/frame/slip.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <stdexcept>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;
using strings = std::vector<std::string>;

strings bodies_of(const slip& codec, std::string_view stream) {
    strings all;
    for (const test::answer& one : test::cut_at_once(codec, stream))
        if (one.what == kind::frame) all.push_back(one.body);
    return all;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(serial_line_ip)

BOOST_AUTO_TEST_CASE(escaped_frames_keep_the_laws) {
    const strings bodies{
        "", "a", "\xc0", "\xdb", "\xdc\xdd", "\xc0\xdb\xc0", std::string(9, 'x'), std::string(300, '\xdb')};
    const strings streams{"",
                          "\xc0",
                          "\xc0\xc0\xc0\xc0\xc0\xc0",
                          "a\xc0",
                          "\xc0\xc0"
                          "a\xc0\xc0\xc0"
                          "b\xc0\xc0",
                          "a",
                          "\xc0"
                          "a",
                          "\xdb\xdc\xdb\xdd\xc0",
                          "\xdb\xc0",
                          "\xdb\xdb\xdc\xc0",
                          "\xdb.\xc0",
                          "xxxxx\xc0",
                          "xxxxxx\xc0",
                          "\xc0xxxxx\xc0",
                          "\xdb",
                          "x\xdb\xc0y\xc0",
                          std::string(20, '\xdb')};
    for (const std::size_t limit : {2U, 3U, 6U, 7U, 1000U})
        test::codec_laws(slip({.max_frame = limit}), bodies, streams);
}

BOOST_AUTO_TEST_CASE(ends_and_escapes_of_a_body_are_escaped) {
    const std::vector<std::pair<std::string, std::string>> vectors{{"a", "a\xc0"},
                                                                   {"\xc0", "\xdb\xdc\xc0"},
                                                                   {"\xdb", "\xdb\xdd\xc0"},
                                                                   {"\xdc\xdd", "\xdc\xdd\xc0"},
                                                                   {"\xdb\xdc", "\xdb\xdd\xdc\xc0"},
                                                                   {"\0\xc0\0\xdb"s, "\0\xdb\xdc\0\xdb\xdd\xc0"s}};
    for (const auto& [body, frame] : vectors) {
        byte_buffer wire;
        BOOST_TEST_REQUIRE(!slip().encode(as_bytes(body), wire));
        BOOST_TEST(to_hex(wire.view()) == to_hex(as_bytes(frame)));
        BOOST_TEST(bodies_of(slip(), frame) == strings{body});
        BOOST_TEST(bodies_of(slip(), '\xc0' + frame) == strings{body});   // as RFC 1055 suggests
    }
}

BOOST_AUTO_TEST_CASE(there_is_no_empty_frame) {
    byte_buffer wire;
    BOOST_TEST(slip().encode({}, wire) == errc::unencodable);
    BOOST_TEST(wire.empty());
    const auto told = test::cut_at_once(slip(), "\xc0\xc0"
                                                "a\xc0\xc0"
                                                "b\xc0");
    BOOST_TEST_REQUIRE(told.size() == 3U);
    BOOST_TEST((told[0].body == "a" && told[0].used == 4U));
    BOOST_TEST((told[1].body == "b" && told[1].used == 3U));
    BOOST_TEST(told[2].error == errc::end_of_stream);
}

BOOST_AUTO_TEST_CASE(what_is_found_is_what_is_between_the_ends) {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        std::string stream(random() % 60, '\0');
        for (char& letter : stream) letter = "\xc0\xdb\xdc\xdd."[random() % 5];
        test::finds_what_is_between_ends(slip({.max_frame = 2 + random() % 30}), stream, '\xc0', test::plain_of_slip);
        test::finds_what_is_between_ends(slip(), stream, '\xc0', test::plain_of_slip);
    }
}

BOOST_AUTO_TEST_CASE(a_spoilt_frame_is_dropped_and_the_next_is_read) {
    for (const std::string spoilt : {"\xdb", "two\xdb", "\xdb!two", "\xdb\xdb\xdc"}) {
        const auto told = test::cut_at_once(slip(), "one\xc0" + spoilt + "\xc0three\xc0");
        BOOST_TEST_REQUIRE(told.size() == 4U);
        BOOST_TEST(told[0].body == "one");
        BOOST_TEST((told[1].what == kind::skip && told[1].error == errc::corrupt));
        BOOST_TEST(told[2].body == "three");
        BOOST_TEST(told[3].error == errc::end_of_stream);
    }
}

BOOST_AUTO_TEST_CASE(the_limit_is_of_the_frame_as_it_comes) {
    const slip codec({.max_frame = 6});
    BOOST_TEST(bodies_of(codec, "abcde\xc0") == strings{"abcde"});
    BOOST_TEST((test::cut_at_once(codec, "abcdef\xc0").front().error == errc::too_long));
    BOOST_TEST((test::cut_at_once(codec, "\xc0"
                                         "abcde\xc0")
                    .front()
                    .error == errc::too_long));
    byte_buffer wire;
    for (const std::string body : {"abcdef", "abcd\xdb", "\xc0\xc0\xc0"})
        BOOST_TEST(codec.encode(as_bytes(body), wire) == errc::too_long);
    BOOST_TEST(wire.empty());
    BOOST_TEST(!codec.encode(as_bytes("abc\xdb"s), wire));
    BOOST_TEST(wire.size() == 6U);
}

BOOST_AUTO_TEST_CASE(limits_that_no_frame_fits_under_are_refused) {
    for (const std::size_t limit : {0U, 1U}) BOOST_CHECK_THROW(slip({.max_frame = limit}), std::invalid_argument);
    BOOST_TEST(slip({.max_frame = 2}).max_frame() == 2U);
    BOOST_TEST(slip().max_frame() == default_max_frame);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
