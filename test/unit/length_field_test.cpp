#include "support/codec_laws.hpp"
#include "support/print.hpp"

#include <hawser/frame/length_field.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <random>
#include <stdexcept>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;

std::string refusal(length_layout layout) {
    try {
        static_cast<void>(length_field(layout));
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

std::string encoded(const length_field& codec, std::string_view body) {
    byte_buffer wire;
    BOOST_TEST_REQUIRE(!codec.encode(as_bytes(body), wire));
    return to_hex(wire.view());
}

error_code refused(const length_field& codec, std::string_view body) {
    byte_buffer wire;
    const error_code error = codec.encode(as_bytes(body), wire);
    BOOST_TEST(wire.empty());
    return error;
}

// The value of a field, added up byte by byte.
unsigned long long value_of(std::string_view field, byte_order order) {
    unsigned long long value = 0;
    for (std::size_t i = 0; i < field.size(); ++i)
        value = value << 8 |
                static_cast<unsigned char>(order == byte_order::big ? field[i] : field[field.size() - 1 - i]);
    return value;
}

__extension__ typedef __int128 wide;   // in which nothing here overflows

std::size_t saturated(wide value) {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    return value > static_cast<wide>(most) ? most : static_cast<std::size_t>(value);
}

// What the formula says a stream consists of.
std::vector<test::answer> by_the_formula(const length_layout& of, std::string_view stream) {
    std::vector<test::answer> all;
    const auto header = static_cast<wide>(of.offset + of.width);
    std::size_t at = 0;
    const auto end = [&](errc why) {
        all.push_back({.what = kind::failed, .error = why, .position = at});
        return all;
    };
    for (; at < stream.size();) {
        const auto left = static_cast<wide>(stream.size() - at);
        if (left < header) return end(errc::truncated);
        const wide total = header + of.adjust + value_of(stream.substr(at + of.offset, of.width), of.order);
        if (total < header) return end(errc::too_short);
        if (total > static_cast<wide>(*of.max_frame)) {
            if (of.over == over_limit::fail) return end(errc::too_long);
            all.push_back({.what = kind::skip, .used = saturated(total), .error = errc::too_long, .position = at});
            if (total > left) return end(errc::truncated);
        } else {
            if (total > left) return end(errc::truncated);
            const auto size = static_cast<std::size_t>(total);
            all.push_back({.what = kind::frame,
                           .body = std::string(stream.substr(at + *of.strip, size - *of.strip)),
                           .used = size,
                           .position = at + size});
        }
        at += static_cast<std::size_t>(total);
    }
    return end(errc::end_of_stream);
}

// Small values where a length may be, so that there are frames; now and then anything.
std::string hostile_stream(std::mt19937& random, std::size_t size) {
    std::string stream;
    while (stream.size() < size) {
        const auto number = random();
        stream += number % 8 == 0 ? static_cast<char>(number >> 8)
                                  : static_cast<char>((number >> 8) % 4 * (number % 3));
    }
    return stream;
}

std::vector<length_layout> layouts() {
    std::vector<length_layout> all;
    for (const unsigned width : {1U, 2U, 3U, 4U, 8U})
        for (const std::size_t offset : {0U, 1U, 5U})
            for (const std::ptrdiff_t adjust : {-9, -4, -1, 0, 3}) {
                const auto header = static_cast<std::ptrdiff_t>(offset + width);
                if (adjust < -header) continue;
                const auto most = static_cast<std::size_t>(header + std::max<std::ptrdiff_t>(adjust, 0));
                for (const std::size_t strip : {std::size_t{0}, offset + 1, static_cast<std::size_t>(header), most}) {
                    length_layout of{.width = width, .offset = offset, .adjust = adjust, .strip = strip};
                    of.order = (offset + width + strip) % 2 == 0 ? byte_order::big : byte_order::little;
                    of.over = strip == most ? over_limit::discard : over_limit::fail;
                    of.max_frame = most + 6;
                    all.push_back(of);
                }
            }
    return all;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(length_fields)

BOOST_AUTO_TEST_CASE(every_layout_keeps_the_laws_and_cuts_by_the_formula) {
    std::mt19937 random(1);
    for (const length_layout& of : layouts()) {
        BOOST_TEST_CONTEXT("width " << of.width << " offset " << of.offset << " adjust " << of.adjust << " strip "
                                    << *of.strip) {
            const length_field codec(of);
            std::vector<std::string> streams;
            for (int i = 0; i < 3; ++i) streams.push_back(hostile_stream(random, 24));
            test::codec_laws(codec, {"", "a", "\0\0\0\0\0\0\0\0\0"s, "abcdef"}, streams);
            for (int i = 0; i < 100; ++i) {
                const std::string stream = hostile_stream(random, 30);
                BOOST_TEST(test::cut_at_once(codec, stream) == by_the_formula(of, stream),
                           boost::test_tools::per_element());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_came_out_goes_in_again) {
    std::mt19937 random(2);
    std::size_t bodies = 0;
    for (const length_layout& of : layouts()) {
        const length_field codec(of);
        for (int i = 0; i < 30; ++i) {
            for (const test::answer& one : test::cut_at_once(codec, hostile_stream(random, 30))) {
                if (one.what != kind::frame) continue;
                BOOST_TEST(test::comes_back(codec, one.body));
                ++bodies;
            }
        }
    }
    BOOST_TEST(bodies > 3'000U);
}

BOOST_AUTO_TEST_CASE(a_layout_can_be_a_constant) {
    constexpr length_field ours = length_field::prefix_self();
    static_assert(ours.max_frame() == default_max_frame && *ours.layout().strip == 4 && ours.layout().adjust == -4);
    constexpr length_field odd(
        {.order = byte_order::little, .width = 3, .offset = 2, .adjust = 1, .strip = 5, .max_frame = 100});
    static_assert(odd.header_size() == 5 && odd.max_frame() == 100);
    constexpr length_field middle = length_field::header_middle(1, 2, 1, 64);
    static_assert(middle.layout().offset == 1 && middle.layout().adjust == 1 && *middle.layout().strip == 0);
    BOOST_TEST(encoded(odd, "abc") == "00 00 02 00 00 61 62 63");   // one of the three is not counted
}

BOOST_AUTO_TEST_CASE(a_limit_left_out_is_1_mib_or_what_the_length_can_express) {
    BOOST_TEST(length_field::prefix_body(1).max_frame() == 1U + 255);
    BOOST_TEST(length_field::prefix_body(2).max_frame() == 2U + 65'535);
    BOOST_TEST(length_field::prefix_body(3).max_frame() == default_max_frame);
    BOOST_TEST(length_field::prefix_body(8).max_frame() == default_max_frame);
    BOOST_TEST(length_field::prefix_self(2).max_frame() == 65'535U);
    BOOST_TEST(length_field::header_middle(1, 1, 1).max_frame() == 1U + 1 + 255 + 1);
}

BOOST_AUTO_TEST_CASE(what_the_length_cannot_express_is_refused_and_never_cut) {
    const length_field one_byte = length_field::prefix_body(1);
    BOOST_TEST(refused(one_byte, std::string(256, 'x')) == errc::too_long);
    BOOST_TEST(test::comes_back(one_byte, std::string(255, 'x')));
    const length_field two_bytes = length_field::prefix_body(2);
    BOOST_TEST(refused(two_bytes, std::string(65'536, 'x')) == errc::too_long);
    BOOST_TEST(test::comes_back(two_bytes, std::string(65'535, 'x')));
    BOOST_TEST(refused(length_field::prefix_self(1), std::string(255, 'x')) == errc::too_long);
    BOOST_TEST(test::comes_back(length_field::prefix_self(1), std::string(254, 'x')));
}

BOOST_AUTO_TEST_CASE(a_layout_that_makes_no_sense_is_refused_with_the_numbers) {
    BOOST_TEST(refusal({.width = 5}) ==
               "length field: it must be that width is 1, 2, 3, 4 or 8; here offset=0, width=5, adjust=0");
    BOOST_TEST(refusal({.width = 0}).find("width=0") != std::string::npos);
    BOOST_TEST(refusal({.width = 2, .offset = 1, .adjust = -4}) ==
               "length field: it must be that adjust >= -(offset + width) (-3); here offset=1, width=2, adjust=-4");
    BOOST_TEST(refusal({.width = 2, .offset = 1, .adjust = -3}).empty());
    BOOST_TEST(refusal({.width = 2, .adjust = 3, .strip = 6}) ==
               "length field: it must be that strip <= offset + width + max(adjust, 0) (5); "
               "here offset=0, width=2, adjust=3, strip=6");
    BOOST_TEST(refusal({.width = 2, .adjust = 3, .strip = 5}).empty());
    BOOST_TEST(refusal({.width = 2, .adjust = -1, .strip = 3}).find("strip=3") != std::string::npos);
    BOOST_TEST(refusal({.width = 1, .offset = 2, .adjust = 3, .max_frame = 262}) ==
               "length field: it must be that max <= offset + width + (256^width - 1) + adjust (261); "
               "here offset=2, width=1, adjust=3, strip=3, max=262");
    BOOST_TEST(refusal({.width = 1, .offset = 2, .adjust = 3, .max_frame = 261}).empty());
    BOOST_TEST(refusal({.width = 1, .offset = 2, .adjust = 3, .max_frame = 5}).find("the shortest frame (6)") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(numbers_at_the_end_of_their_range_are_refused_or_right) {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    BOOST_TEST(!refusal({.offset = most}).empty());
    BOOST_TEST(!refusal({.offset = 65'536}).empty());
    BOOST_TEST(refusal({.offset = 65'535}).empty());
    BOOST_TEST(!refusal({.adjust = std::numeric_limits<std::ptrdiff_t>::min()}).empty());
    BOOST_TEST(!refusal({.adjust = std::numeric_limits<std::ptrdiff_t>::max()}).empty());
    BOOST_TEST(!refusal({.strip = most}).empty());
    BOOST_TEST(refusal({.width = 8, .max_frame = most}).empty());
    BOOST_TEST(!refusal({.width = 4, .max_frame = most}).empty());
    BOOST_TEST(!refusal({.max_frame = 0}).empty());
    const length_field widest({.width = 8, .offset = 3, .adjust = 7, .max_frame = most});
    const std::string all_ones = "abc" + std::string(8, '\xff');
    const decoded over = widest.decode({as_bytes(all_ones), 0, false});
    BOOST_TEST_REQUIRE(over.what() == kind::failed);
    BOOST_TEST(over.error() == errc::too_long);
}

BOOST_AUTO_TEST_CASE(filler_comes_before_the_body_and_the_length_over_its_place) {
    const length_field zeros({.width = 2, .offset = 2, .adjust = 1});
    BOOST_TEST(encoded(zeros, "abc") == "00 00 00 02 61 62 63");
    length_layout with_prefix{.width = 2, .offset = 2, .adjust = 1, .strip = 5};
    with_prefix.prefix = {std::byte{0xca}, std::byte{0xfe}, std::byte{0x11}, std::byte{0x12}, std::byte{0x13}};
    with_prefix.prefix_size = 5;
    BOOST_TEST(encoded(length_field(with_prefix), "abc") == "ca fe 00 03 13 61 62 63");
    with_prefix.prefix_size = 1;
    BOOST_TEST(encoded(length_field(with_prefix), "abc") == "ca 00 00 03 00 61 62 63");
    with_prefix.prefix_size = 6;
    BOOST_TEST(refusal(with_prefix).find("prefix is no longer than strip") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_length_that_lies_in_the_body_must_be_right_there) {
    const length_field whole({.width = 2, .strip = 0});
    BOOST_TEST(encoded(whole, "\0\3abc"s) == "00 03 61 62 63");
    BOOST_TEST(refused(whole, "\0\4abc"s) == errc::unencodable);
    BOOST_TEST(refused(whole, "\0"s) == errc::unencodable);   // the length would lie outside
    BOOST_TEST(refused(whole, "") == errc::unencodable);
    const length_field half({.width = 2, .strip = 1});
    BOOST_TEST(encoded(half, "\3abc"s) == "00 03 61 62 63");
    BOOST_TEST(refused(half, "\4abc"s) == errc::unencodable);
}

BOOST_AUTO_TEST_CASE(a_prefix_is_written_before_the_body_is_known_unless_that_holds_the_length) {
    const length_field ours = length_field::prefix_self(2, 5);
    BOOST_TEST(ours.prefix_size(3) == 2U);
    std::array<std::byte, 2> prefix{};
    BOOST_TEST((ours.write_prefix(3, prefix.data()) == prefix.data() + 2));
    BOOST_TEST(to_hex(prefix) == "00 05");
    BOOST_TEST(ours.prefix_size(4) == 0U);
    BOOST_TEST(length_field({.width = 2, .strip = 1}).prefix_size(3) == 0U);
}

BOOST_AUTO_TEST_CASE(a_frame_is_measured_when_all_of_it_is_there) {
    const length_field middle({.order = byte_order::little, .width = 3, .offset = 2, .strip = 5});
    const std::string text = "xx\3\0\0abc"s;
    const bytes stream = as_bytes(text);
    const extent whole = middle.measure(stream);
    BOOST_TEST(whole.strip == 5U);
    BOOST_TEST(whole.total == 8U);
    for (const std::size_t shown : {0U, 4U, 7U}) BOOST_TEST(middle.measure(stream.first(shown)).total == 0U);
    BOOST_TEST(length_field::prefix_self(1, 3).measure(as_bytes("\0abc"s)).total == 0U, "shorter than its header");
    BOOST_TEST(length_field::prefix_self(1, 3).measure(as_bytes("\4abc"s)).total == 0U, "too long");
    BOOST_TEST(length_field::prefix_self(1, 3).measure(as_bytes("\3abc"s)).total == 3U);
}

BOOST_AUTO_TEST_CASE(a_length_that_would_be_negative_is_refused) {
    const length_field middle = length_field::header_middle(1, 2, 2, 64);
    BOOST_TEST(refused(middle, "\x01\0\0\x02"s) == errc::unencodable);   // 4 bytes, but the header alone has 5
    BOOST_TEST(encoded(middle, "\x01\0\0\x02\x03"s) == "01 00 00 02 03");
}

BOOST_AUTO_TEST_CASE(an_oversize_frame_is_discarded_and_the_next_one_read) {
    length_layout of{.width = 1, .max_frame = 4, .over = over_limit::discard};
    const length_field codec(of);
    const auto all = test::cut_at_once(codec, "\3abc\4abcd\1x\377"s);
    BOOST_TEST_REQUIRE(all.size() == 5U);
    BOOST_TEST(all[0].body == "abc");
    BOOST_TEST(all[1].error == errc::too_long);
    BOOST_TEST(all[1].used == 5U);
    BOOST_TEST(all[1].position == 4U);
    BOOST_TEST(all[2].body == "x");
    BOOST_TEST(all[3].error == errc::too_long);
    BOOST_TEST(all[4].error == errc::truncated);   // the stream ends inside of what was to be skipped
    BOOST_TEST(all[4].position == 11U);
}

BOOST_AUTO_TEST_CASE(a_claim_beyond_all_numbers_is_skipped_without_waiting_for_memory) {
    const length_field codec({.width = 8, .offset = 1, .adjust = 5, .max_frame = 100, .over = over_limit::discard});
    const std::string claim = "a" + std::string(8, '\xff') + "tail";
    const decoded over = codec.decode({as_bytes(claim), 0, false});
    BOOST_TEST_REQUIRE(over.what() == kind::skip);
    BOOST_TEST(over.used() == std::numeric_limits<std::size_t>::max());
    test::codec_laws(codec, {}, {claim});
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
