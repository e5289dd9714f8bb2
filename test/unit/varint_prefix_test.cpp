#include "support/codec_laws.hpp"
#include "support/print.hpp"

#include <hawser/frame/varint_prefix.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;

decoded decode(const varint_prefix& codec, std::string_view stream) {
    return codec.decode({as_bytes(stream), 0, false});
}

errc why(const decoded& told) {
    BOOST_TEST_REQUIRE(told.what() == kind::failed);
    return told.error();
}

bool is_refused(varint_layout of) {
    try {
        static_cast<void>(varint_prefix(of));
    } catch (const std::invalid_argument&) {
        return true;
    }
    return false;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(varint_prefixes)

BOOST_AUTO_TEST_CASE(varints_keep_the_laws) {
    const std::vector<std::string> bodies{
        "", "a", std::string(126, 'x'), std::string(127, 'x'), std::string(128, 'x'), std::string(300, 'x')};
    const std::vector<std::string> streams{"",
                                           "\0"s,
                                           "\1a\0\2bc"s,
                                           "\x80",
                                           "\x80\0"s,
                                           "\x80\x01",
                                           "\x83\0abc"s,
                                           "\x83\x80\0abc"s,
                                           "\x80\x80\x80\x80\0"s,
                                           "\xff\xff\xff\xff\x0f",
                                           "\xff\xff\xff\xff\x7f",
                                           "\xff\xff\xff\xff\xff\x01",
                                           "\x80\x80\x80\x80\x10",
                                           "\xff\xff\xff\x7f",
                                           "\1a\5ab",
                                           "\x81\x01" + std::string(129, 'y') + "\1z",
                                           std::string(30, '\xff'),
                                           std::string(30, '\0')};
    for (const unsigned longest : {4U, 5U})
        for (const bool padded : {false, true})
            for (const std::size_t limit : {1U, 2U, 5U, 128U, 1'000'000U})
                BOOST_TEST_CONTEXT("bytes " << longest << " padded " << padded << " limit " << limit)
    test::codec_laws(varint_prefix({.longest = longest, .accept_padded = padded, .max_frame = limit}), bodies, streams);
}

// As MQTT has it: a byte, the length of what follows, and all of it is delivered.
BOOST_AUTO_TEST_CASE(bytes_before_the_length_keep_the_laws) {
    const std::vector<std::string> bodies{"",          "\xc0\0"s,        "\x30\3abc",
                                          "\x30\4abc", "\x30\3abcd",     "\x30",
                                          "\x30\x80",  "\x30\x83\0abc"s, "\x30\x80\x01" + std::string(128, 'x')};
    const std::vector<std::string> streams{"",
                                           "\xc0\0\x30\3abc\xe0\0"s,
                                           "\xc0",
                                           "\x30\x80",
                                           "\x30\x80\0"s,
                                           "\x30\xff\xff\xff\xff\x01",
                                           "\x30\xff\xff\xff\x7f",
                                           "\x30\5ab",
                                           std::string(30, '\xff'),
                                           std::string(30, '\0')};
    for (const std::size_t offset : {0U, 1U, 3U})
        for (const bool padded : {false, true})
            for (const std::size_t limit : {4U, 5U, 128U, 1'000'000U})
                BOOST_TEST_CONTEXT("offset " << offset << " padded " << padded << " limit " << limit)
    test::codec_laws(
        varint_prefix({.longest = 4, .accept_padded = padded, .max_frame = limit, .offset = offset, .whole = true}),
        bodies, streams);
}

BOOST_AUTO_TEST_CASE(a_whole_frame_is_sent_if_its_length_is_right) {
    const varint_prefix mqtt({.longest = 4, .max_frame = 100, .offset = 1, .whole = true});
    byte_buffer wire;
    BOOST_TEST(!mqtt.encode(as_bytes("\x30\3abc"), wire));
    BOOST_TEST(as_text(wire.view()) == "\x30\3abc");
    for (const std::string& none : {""s, "\x30"s, "\x30\2abc"s, "\x30\4abc"s, "\x30\x83\0abc"s})
        BOOST_TEST(mqtt.encode(as_bytes(none), wire) == errc::unencodable);
    BOOST_TEST(mqtt.encode(as_bytes("\x30\x63" + std::string(99, 'x')), wire) == errc::too_long);
    BOOST_TEST(wire.size() == 5U);
    BOOST_TEST(mqtt.prefix_size(0) == 0U);
    BOOST_TEST(is_refused({.offset = 1}));                                  // the rest of the header would be lost
    BOOST_TEST(is_refused({.max_frame = 1, .offset = 1, .whole = true}));   // no frame fits
    BOOST_TEST(is_refused({.offset = 65'536, .whole = true}));
}

BOOST_AUTO_TEST_CASE(seven_bits_a_byte_the_lowest_first) {
    byte_buffer wire;
    BOOST_TEST(!varint_prefix().encode(as_bytes(std::string(300, 'x')), wire));
    BOOST_TEST(to_hex(wire.view().first(3)) == "ac 02 78");   // protobuf's own example: 300 is ac 02
    const decoded back = varint_prefix().decode({wire.view(), 0, false});
    BOOST_TEST_REQUIRE(back.is_frame());
    BOOST_TEST(back.body().size() == 300U);
    BOOST_TEST(back.used() == 302U);
}

BOOST_AUTO_TEST_CASE(a_length_longer_than_it_needs_to_be_is_corrupt_unless_it_is_accepted) {
    for (const std::string& padded : {"\x80\0"s, "\x81\0a"s, "\x80\x80\0"s, "\x81\x80\x80\x80\0a"s})
        BOOST_TEST(why(decode(varint_prefix(), padded)) == errc::corrupt);
    const varint_prefix tolerant({.accept_padded = true});
    BOOST_TEST(decode(tolerant, "\x80\0"s).is_frame());
    BOOST_TEST(as_text(decode(tolerant, "\x81\x80\x80\x80\0a"s).body()) == "a");
    BOOST_TEST(why(decode(tolerant, "\x81\x80\x80\x80\x80\0a"s)) == errc::corrupt);   // too long for any
    BOOST_TEST(decode(varint_prefix(), "\0"s).is_frame());
    BOOST_TEST(decode(varint_prefix(), "\x80\x01").what() == kind::need_more);
}

BOOST_AUTO_TEST_CASE(a_length_that_does_not_end_is_corrupt_as_soon_as_that_is_clear) {
    BOOST_TEST(why(decode(varint_prefix(), "\xff\xff\xff\xff\xff")) == errc::corrupt);
    BOOST_TEST(decode(varint_prefix(), "\xff\xff\xff\xff").what() == kind::need_more);
    BOOST_TEST(why(decode(varint_prefix({.longest = 4}), "\xff\xff\xff\xff")) == errc::corrupt);
}

BOOST_AUTO_TEST_CASE(five_bytes_mean_numbers_of_32_bits) {
    constexpr std::size_t largest = 5 + std::size_t{std::numeric_limits<std::uint32_t>::max()};
    const varint_prefix widest({.max_frame = largest});
    BOOST_TEST(decode(widest, "\xff\xff\xff\xff\x0f").total() == largest);
    BOOST_TEST(why(decode(widest, "\x80\x80\x80\x80\x10")) == errc::too_long);   // 2^32
    BOOST_TEST(why(decode(widest, "\xff\xff\xff\xff\x7f")) == errc::too_long);
    BOOST_TEST(decode(varint_prefix({.longest = 4, .max_frame = 4 + (1U << 28) - 1}), "\xff\xff\xff\x7f").total() ==
               4U + (1U << 28) - 1);
}

BOOST_AUTO_TEST_CASE(the_limit_is_of_the_whole_frame) {
    const varint_prefix codec({.max_frame = 4});
    BOOST_TEST(decode(codec, "\3").total() == 4U);
    BOOST_TEST(why(decode(codec, "\4")) == errc::too_long);
    byte_buffer wire;
    BOOST_TEST(codec.encode(as_bytes("abcd"), wire) == errc::too_long);
    BOOST_TEST(wire.empty());
    BOOST_TEST(!codec.encode(as_bytes("abc"), wire));
    BOOST_TEST(varint_prefix().max_frame() == default_max_frame);
}

BOOST_AUTO_TEST_CASE(layouts_that_make_no_sense_are_refused) {
    for (const unsigned longest : {0U, 1U, 3U, 6U, 10U}) BOOST_TEST(is_refused({.longest = longest}));
    BOOST_TEST(is_refused({.max_frame = 0}));
    BOOST_TEST(is_refused({.longest = 4, .max_frame = 4 + (1U << 28)}));
    BOOST_TEST(!is_refused({.longest = 4, .max_frame = 3 + (1U << 28)}));
    BOOST_TEST(is_refused({.max_frame = std::size_t{1} << 33}));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
