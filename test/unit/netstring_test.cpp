#include "support/codec_laws.hpp"
#include "support/print.hpp"

#include <hawser/frame/netstring.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <stdexcept>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;

test::answer first(const netstring& codec, std::string_view stream) { return test::cut_at_once(codec, stream).front(); }

std::size_t wanted(const netstring& codec, std::string_view stream) {
    const decoded told = codec.decode({as_bytes(stream), 0, false});
    BOOST_TEST_REQUIRE((told.what() == kind::need_more));
    return told.total();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(netstrings)

BOOST_AUTO_TEST_CASE(netstrings_keep_the_laws) {
    const std::vector<std::string> bodies{"", "a", "5:hello,", "\0,:\xff"s, std::string(9, 'x'), std::string(99, 'x')};
    const std::vector<std::string> streams{"",
                                           ",",
                                           ":,",
                                           "0:,",
                                           "0:,0:,5:hello,12:hello world!,",
                                           "5:hello;",
                                           "5:hello",
                                           "5",
                                           "00:,",
                                           "05:hello,",
                                           "01:x,",
                                           "0x:,",
                                           "1a:x,",
                                           " 1:x,",
                                           "-1:x,",
                                           "+1:x,",
                                           "1 :x,",
                                           "1:,,",
                                           "10:,",
                                           "99999999999999999999999999999:",
                                           "100:" + std::string(100, 'x') + ",",
                                           "\xb1:x,",
                                           "12;x",
                                           "4:a,bc"};
    for (const std::size_t limit : {3U, 4U, 12U, 13U, 103U, 1000U})
        test::codec_laws(netstring({.max_frame = limit}), bodies, streams);
}

BOOST_AUTO_TEST_CASE(each_body_is_behind_its_size) {
    const std::array<std::pair<std::string, std::string>, 4> vectors{
        {{"", "0:,"},
         {"hello world!", "12:hello world!,"},
         {"\0\n,"s, "3:\0\n,,"s},
         {std::string(100, ':'), "100:" + std::string(100, ':') + ","}}};
    for (const auto& [body, text] : vectors) {
        byte_buffer wire;
        BOOST_TEST_REQUIRE(!netstring().encode(as_bytes(body), wire));
        BOOST_TEST(as_text(wire.view()) == text);
        BOOST_TEST(first(netstring(), text).body == body);
        BOOST_TEST(first(netstring(), text).used == text.size());
    }
}

BOOST_AUTO_TEST_CASE(what_is_written_in_another_way_is_corrupt) {
    for (const char* text : {"00:,", "01:x,", "05:hello,", ":,", ",", "x", " 1:x,", "1 :x,", "+1:x,", "-1:x,", "1;x,",
                             "1,x:", "0x1:x,", "1:x;", "1:xx,", "2:x,:", "5:hello\n"})
        BOOST_TEST(first(netstring(), text).error == errc::corrupt, text);
}

// A peer may claim any size, and send digits for ever.
BOOST_AUTO_TEST_CASE(the_limit_is_held_against_the_size_before_its_colon_comes) {
    const netstring codec({.max_frame = 12});
    for (const char* text : {"10", "99", "10:", "18446744073709551617", "99999999999999999999999999999999999999"})
        BOOST_TEST(first(codec, text).error == errc::too_long, text);
    BOOST_TEST(first(codec, "9x").error == errc::corrupt);
    BOOST_TEST(first(codec, "9:ninebytes,").body == "ninebytes");
    BOOST_TEST(first(codec, "10:tenbytes..,").error == errc::too_long);
    byte_buffer wire;
    BOOST_TEST(codec.encode(as_bytes("tenbytes.."s), wire) == errc::too_long);
    BOOST_TEST(wire.empty());
    BOOST_TEST(!codec.encode(as_bytes("ninebytes"s), wire));
    BOOST_TEST(wire.size() == 12U);
}

BOOST_AUTO_TEST_CASE(as_much_is_asked_for_as_is_known_to_come) {
    BOOST_TEST(wanted(netstring(), "") == 3U);
    BOOST_TEST(wanted(netstring(), "0") == 3U);
    BOOST_TEST(wanted(netstring(), "1") == 4U);
    BOOST_TEST(wanted(netstring(), "12") == 16U);
    BOOST_TEST(wanted(netstring(), "12:hell") == 16U);
}

BOOST_AUTO_TEST_CASE(the_end_inside_a_netstring_is_an_error) {
    for (const char* text : {"1", "1:", "1:x", "5:hello"})
        BOOST_TEST(first(netstring(), text).error == errc::truncated);
}

BOOST_AUTO_TEST_CASE(limits_that_no_frame_fits_under_are_refused) {
    for (const std::size_t limit : {std::size_t{0}, std::size_t{2}, byte_buffer::most + 1, ~std::size_t{0}})
        BOOST_CHECK_THROW(netstring({.max_frame = limit}), std::invalid_argument);
    BOOST_TEST(netstring({.max_frame = byte_buffer::most}).max_frame() == byte_buffer::most);
    BOOST_TEST(first(netstring({.max_frame = byte_buffer::most}), "4294967296").error == errc::too_long);
    BOOST_TEST(netstring().max_frame() == default_max_frame);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
