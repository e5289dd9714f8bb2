#include "support/chunk_reference.hpp"
#include "support/codec_laws.hpp"
#include "support/print.hpp"

#include <hawser/frame/http_chunk.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <stdexcept>
#include <string>

namespace hawser::frame {

namespace {

using namespace std::string_literals;

test::answer first(const http_chunk& codec, std::string_view stream) {
    return test::cut_at_once(codec, stream).front();
}

std::size_t wanted(std::string_view stream) {
    const decoded told = http_chunk().decode({as_bytes(stream), 0, false});
    BOOST_TEST_REQUIRE((told.what() == decoded::kind::need_more));
    return told.total();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(chunks_of_http)

BOOST_AUTO_TEST_CASE(chunks_keep_the_laws) {
    const std::vector<std::string> bodies{"", "a", "\r\n", "0\r\n\r\n", std::string(16, '\0'), std::string(300, 'x')};
    const std::vector<std::string> streams{"",
                                           "0\r\n\r\n",
                                           "5\r\nhello\r\n000a\r\n0123456789\r\n0\r\n\r\n1\r\na\r\n",
                                           "5;a\r\nhello\r\n5 ; b=\"c;d\"\r\nhello\r\nB;\t\xff\r\nhello world\r\n",
                                           "5\nhello\n",
                                           "5\r\nhello\n",
                                           "5\r\nhello..",
                                           "5\rhello",
                                           "5 \rhello",
                                           "5,\r\nhello\r\n",
                                           " 5\r\nhello\r\n",
                                           "0x5\r\nhello\r\n",
                                           "-5\r\nhello\r\n",
                                           "\r\n",
                                           ";a\r\n\r\n",
                                           "g\r\n",
                                           "5;\x7f\r\nhello\r\n",
                                           "5;\nhello\r\n",
                                           "0\r\na: b\r\n\r\n",
                                           "00000000000000001\r\n",
                                           "0000000000000001\r\na\r\n",
                                           "ffffffffffffffff\r\n",
                                           "10\r\n0123456789abcdef\r\n",
                                           "1;" + std::string(254, 'x') + "\r\na\r\n",
                                           "1;" + std::string(255, 'x') + "\r\na\r\n",
                                           "5;" + std::string(400, 'x')};
    for (const std::size_t limit : {5U, 6U, 10U, 11U, 22U, 261U, 1000U})
        test::codec_laws(http_chunk({.max_frame = limit}), bodies, streams);
}

BOOST_AUTO_TEST_CASE(a_body_is_behind_its_size_in_hex_and_the_last_chunk_is_an_empty_one) {
    const std::vector<std::pair<std::string, std::string>> vectors{
        {"", "0\r\n\r\n"},
        {"hello", "5\r\nhello\r\n"},
        {"\r\n", "2\r\n\r\n\r\n"},
        {std::string(255, 'x'), "ff\r\n" + std::string(255, 'x') + "\r\n"},
        {std::string(256, '\0'), "100\r\n" + std::string(256, '\0') + "\r\n"}};
    for (const auto& [body, text] : vectors) {
        byte_buffer wire;
        BOOST_TEST_REQUIRE(!http_chunk().encode(as_bytes(body), wire));
        BOOST_TEST(as_text(wire.view()) == text);
        BOOST_TEST(first(http_chunk(), text).body == body);
        BOOST_TEST(first(http_chunk(), text).used == text.size());
    }
}

BOOST_AUTO_TEST_CASE(extensions_are_passed_over_in_a_line_of_256_bytes) {
    for (const std::string extension : {";a", ";a=b", "; a = \"b;c\"", " ;a", "\t;a;b;c", ";\xc3\xbc", ";"})
        BOOST_TEST(first(http_chunk(), "5" + extension + "\r\nhello\r\n").body == "hello", extension);
    BOOST_TEST(first(http_chunk(), "1;" + std::string(254, 'x') + "\r\na\r\n").body == "a");
    BOOST_TEST(first(http_chunk(), "1;" + std::string(255, 'x') + "\r\na\r\n").error == errc::corrupt);
    BOOST_TEST(first(http_chunk(), "1;" + std::string(100'000, 'x')).error == errc::corrupt);
}

BOOST_AUTO_TEST_CASE(a_size_may_have_zeros_before_it_and_digits_of_both_cases) {
    BOOST_TEST(first(http_chunk(), "00000000000000fF\r\n" + std::string(255, 'x') + "\r\n").used == 275U);
    BOOST_TEST(first(http_chunk(), "000\r\n\r\n").used == 7U);
    BOOST_TEST(first(http_chunk(), "00000000000000001\r\na\r\n").error == errc::corrupt);   // 17 of them
}

// What others take is how requests are smuggled past them.
BOOST_AUTO_TEST_CASE(what_is_no_chunk_is_corrupt) {
    for (const char* text :
         {"5\nhello\n", "5\nhello\r\n", "5\r\nhello\n..", "5\rhello", "5\r\rhello", "\r\n5\r\nhello\r\n",
          " 5\r\nhello\r\n", "5 \nhello\r\n", "0x5\r\nhello\r\n", "+5\r\nhello\r\n", "-5\r\nhello\r\n",
          "5,a\r\nhello\r\n", "5;\nhello\r\n", "5;a\rb\r\nhello\r\n", "5;\x7f\r\nhello\r\n", "5\r\nhello, world\r\n",
          "6\r\nhello\r\n\r\n", "g", ";a\r\n"})
        BOOST_TEST(first(http_chunk(), text).error == errc::corrupt, text);
    BOOST_TEST(first(http_chunk(), "5;\0\r\nhello\r\n"s).error == errc::corrupt);
    BOOST_TEST(first(http_chunk(), "0\r\nTrailer: yes\r\n\r\n").error == errc::corrupt);
}

BOOST_AUTO_TEST_CASE(what_is_found_is_the_chunks_that_are_good) {
    std::mt19937 random(8);
    for (int round = 0; round < 5000; ++round) {
        std::string stream;
        for (const std::size_t count = random() % 12; stream.size() < count;)
            stream += std::array{
                "0", "1", "a", "2;", "\r\n", "\r\n", "\n", "1\r\na\r\n", "0\r\n\r\n", " "}[random() % 10];
        test::finds_the_good_chunks(http_chunk(), stream);
        test::finds_the_good_chunks(http_chunk({.max_frame = 5 + random() % 8}), stream);
    }
}

BOOST_AUTO_TEST_CASE(the_limit_is_held_against_the_size_before_its_line_ends) {
    const http_chunk codec({.max_frame = 20});
    BOOST_TEST(first(codec, "f\r\n0123456789abcde\r\n").body == "0123456789abcde");
    for (const char* text : {"10", "ff", "fffffffffffffffff", "9;23456789", "9; 3456789"})
        BOOST_TEST(first(codec, text).error == errc::too_long, text);
    byte_buffer wire;
    BOOST_TEST(codec.encode(as_bytes("0123456789abcdef"s), wire) == errc::too_long);
    BOOST_TEST(wire.empty());
    BOOST_TEST(!codec.encode(as_bytes("0123456789abcde"s), wire));
    BOOST_TEST(wire.size() == 20U);
}

BOOST_AUTO_TEST_CASE(as_much_is_asked_for_as_is_known_to_come) {
    BOOST_TEST(wanted("") == 5U);
    BOOST_TEST(wanted("0") == 5U);
    BOOST_TEST(wanted("10") == 22U);
    BOOST_TEST(wanted("10;a") == 24U);
    BOOST_TEST(wanted("10;a\r\n0123") == 24U);
}

BOOST_AUTO_TEST_CASE(the_end_inside_a_chunk_is_an_error) {
    for (const char* text : {"0", "0\r", "0\r\n", "0\r\n\r", "5;a", "5\r\nhello\r"})
        BOOST_TEST(first(http_chunk(), text).error == errc::truncated, text);
}

BOOST_AUTO_TEST_CASE(limits_that_no_frame_fits_under_are_refused) {
    for (const std::size_t limit : {std::size_t{0}, std::size_t{4}, byte_buffer::most + 1, ~std::size_t{0}})
        BOOST_CHECK_THROW(http_chunk({.max_frame = limit}), std::invalid_argument);
    BOOST_TEST(first(http_chunk({.max_frame = byte_buffer::most}), "ffffffffffffffff").error == errc::too_long);
    BOOST_TEST(http_chunk().max_frame() == default_max_frame);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
