#include "support/codec_laws.hpp"
#include "support/ends_reference.hpp"
#include "support/print.hpp"

#include <hawser/frame/cobs.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <stdexcept>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;

std::string written(std::string_view body) {
    byte_buffer wire;
    BOOST_TEST_REQUIRE(!cobs().encode(as_bytes(body), wire));
    return std::string(as_text(wire.view()));
}

std::string counting(int from, int to) {
    std::string made;
    for (int value = from; value <= to; ++value) made += static_cast<char>(value);
    return made;
}

std::vector<std::string> bodies_of(const cobs& codec, std::string_view stream) {
    std::vector<std::string> all;
    for (const test::answer& one : test::cut_at_once(codec, stream))
        if (one.what == kind::frame) all.push_back(one.body);
    return all;
}

using strings = std::vector<std::string>;

}   // namespace

BOOST_AUTO_TEST_SUITE(consistent_overhead_byte_stuffing)

BOOST_AUTO_TEST_CASE(stuffed_frames_keep_the_laws) {
    const strings bodies{"", "a", "\0"s, "\0\0"s, "a\0b"s, "\xff\0\1"s, std::string(9, 'x'), std::string(300, 'x')};
    const strings streams{"",
                          "\0"s,
                          "\0\0\0\0\0\0"s,
                          "\1\0"s,
                          "\2a\0\2b\0"s,
                          "\0\0\2a\0\0\0\2b\0\0"s,
                          "\2a"s,
                          "\0\2"s,
                          "\3a\0"s,
                          "\3a\0\2b\0"s,
                          "\xff\0"s,
                          "\1\1\1\1\0"s,
                          "\5aaaa\0"s,
                          "\6aaaaa\0"s,
                          "\0\5aaaa\0"s,
                          "aaaaaaaa\0"s,
                          std::string(20, '\1'),
                          "\xff" + std::string(254, 'x') + "\0"s,
                          "\xff" + std::string(254, 'x') + "\1\0"s};
    for (const std::size_t limit : {2U, 3U, 6U, 7U, 1000U})
        test::codec_laws(cobs({.max_frame = limit}), bodies, streams);
}

// Of the paper, and those that are at the edges of a block.
BOOST_AUTO_TEST_CASE(a_body_has_its_zeros_taken_out) {
    const std::vector<std::pair<std::string, std::string>> vectors{
        {"", "\1\0"s},
        {"\0"s, "\1\1\0"s},
        {"\0\0"s, "\1\1\1\0"s},
        {"\0\x11\0"s, "\1\2\x11\1\0"s},
        {"\x11\x22\0\x33"s, "\3\x11\x22\2\x33\0"s},
        {"\x11\x22\x33\x44", "\5\x11\x22\x33\x44\0"s},
        {"\x11\0\0\0"s, "\2\x11\1\1\1\0"s},
        {counting(1, 254), "\xff" + counting(1, 254) + "\0"s},
        {"\0"s + counting(1, 254), "\1\xff" + counting(1, 254) + "\0"s},
        {counting(1, 255), "\xff" + counting(1, 254) + "\2\xff\0"s},
        {counting(2, 255) + "\0"s, "\xff" + counting(2, 255) + "\1\1\0"s},
        {counting(3, 255) + "\0\1"s, "\xfe" + counting(3, 255) + "\2\1\0"s},
    };
    for (const auto& [body, frame] : vectors) {
        BOOST_TEST(to_hex(as_bytes(written(body))) == to_hex(as_bytes(frame)));
        BOOST_TEST(bodies_of(cobs(), frame) == strings{body});
    }
    // A full block with an empty one behind it: others write that, and it means the same.
    BOOST_TEST(bodies_of(cobs(), "\xff" + counting(1, 254) + "\1\0"s) == strings{counting(1, 254)});
}

BOOST_AUTO_TEST_CASE(any_bytes_come_back_and_cost_a_byte_in_254) {
    std::mt19937 random(5);
    for (int round = 0; round < 300; ++round) {
        std::string body(random() % 1000, '\0');
        for (char& letter : body) letter = static_cast<char>(random() % (round % 2 == 0 ? 2 : 256));
        const std::string frame = written(body);
        BOOST_TEST(frame.find('\0') == frame.size() - 1);
        BOOST_TEST(frame.size() <= body.size() + body.size() / 254 + 2);
        BOOST_TEST(bodies_of(cobs(), frame) == strings{body});
    }
}

BOOST_AUTO_TEST_CASE(what_is_found_is_what_is_between_the_zeros) {
    std::mt19937 random(6);
    for (int round = 0; round < 2000; ++round) {
        std::string stream(random() % 60, '\0');
        for (char& letter : stream) letter = static_cast<char>(random() % 5);
        test::finds_what_is_between_ends(cobs({.max_frame = 2 + random() % 30}), stream, '\0', test::plain_of_cobs);
        test::finds_what_is_between_ends(cobs(), stream, '\0', test::plain_of_cobs);
    }
}

BOOST_AUTO_TEST_CASE(a_spoilt_frame_is_dropped_and_the_next_is_read) {
    const std::string stream = written("one") + "\5two\0"s + written("three");
    const auto told = test::cut_at_once(cobs(), stream);
    BOOST_TEST_REQUIRE(told.size() == 4U);
    BOOST_TEST(told[0].body == "one");
    BOOST_TEST((told[1].what == kind::skip && told[1].error == errc::corrupt));
    BOOST_TEST(told[2].body == "three");
    BOOST_TEST(told[3].error == errc::end_of_stream);
}

BOOST_AUTO_TEST_CASE(zeros_without_a_frame_are_passed_over) {
    const auto told = test::cut_at_once(cobs(), "\0\0\2a\0\0\2b\0"s);
    BOOST_TEST_REQUIRE(told.size() == 3U);
    BOOST_TEST((told[0].body == "a" && told[0].used == 5U));
    BOOST_TEST((told[1].body == "b" && told[1].used == 4U));
    BOOST_TEST(told[2].error == errc::end_of_stream);
}

BOOST_AUTO_TEST_CASE(zeros_alone_are_dropped_at_the_limit_and_at_the_end) {
    const cobs codec({.max_frame = 5});
    for (const std::string& stream : {"\0"s, std::string(5, '\0'), std::string(12, '\0')}) {
        const auto told = test::cut_at_once(codec, stream);
        BOOST_TEST_REQUIRE(told.size() == 2U);
        BOOST_TEST((told[0].what == kind::skip && told[0].error == errc::corrupt));
        BOOST_TEST(told[1].error == errc::end_of_stream);
    }
    BOOST_TEST(bodies_of(codec, std::string(5, '\0') + "\2a\0"s) == strings{"a"});
    BOOST_TEST(bodies_of(codec, std::string(2, '\0') + "\2a\0"s) == strings{"a"});
    // One with three before it is too long.
    BOOST_TEST((test::cut_at_once(codec, std::string(3, '\0') + "\2a\0"s).front().error == errc::too_long));
}

BOOST_AUTO_TEST_CASE(the_limit_is_of_the_frame_as_it_comes) {
    const cobs codec({.max_frame = 6});
    BOOST_TEST(bodies_of(codec, "\5abcd\0"s) == strings{"abcd"});
    BOOST_TEST((test::cut_at_once(codec, "\6abcde\0"s).front().error == errc::too_long));
    byte_buffer wire;
    BOOST_TEST(codec.encode(as_bytes("abcde"s), wire) == errc::too_long);
    BOOST_TEST(cobs({.max_frame = 257}).encode(as_bytes(std::string(255, 'x')), wire) == errc::too_long);
    BOOST_TEST(wire.empty());
    BOOST_TEST(!codec.encode(as_bytes("\0\0\0\0"s), wire));
    BOOST_TEST(wire.size() == 6U);
}

BOOST_AUTO_TEST_CASE(limits_that_no_frame_fits_under_are_refused) {
    for (const std::size_t limit : {0U, 1U}) BOOST_CHECK_THROW(cobs({.max_frame = limit}), std::invalid_argument);
    BOOST_TEST(cobs({.max_frame = 2}).max_frame() == 2U);
    BOOST_TEST(cobs().max_frame() == default_max_frame);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
