#include "support/codec_laws.hpp"
#include "support/print.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/delimiter.hpp>
#include <hawser/frame/fixed_length.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <stdexcept>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;

template <class Codec, class Layout>
std::string refusal(Layout layout) {
    try {
        static_cast<void>(Codec(std::move(layout)));
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

std::string refused(delimiter_layout layout) { return refusal<delimiter>(std::move(layout)); }

std::vector<std::string> bodies_of(const auto& codec, std::string_view stream) {
    std::vector<std::string> all;
    for (const test::answer& one : test::cut_at_once(codec, stream))
        if (one.what == kind::frame) all.push_back(one.body);
    return all;
}

errc end_of(const auto& codec, std::string_view stream) {
    return static_cast<errc>(test::cut_at_once(codec, stream).back().error.value());
}

auto says(std::string right) {
    return [right = std::move(right)](const std::exception& error) { return error.what() == right; };
}

using texts = std::vector<std::string>;

}   // namespace

BOOST_AUTO_TEST_SUITE(delimiters)

BOOST_AUTO_TEST_CASE(delimiters_keep_the_laws) {
    const texts streams{"",
                        "\n",
                        "\r\n",
                        "\n\n\r\n\r\r\n",
                        "a\nbc\r\nd\re\n",
                        "cut",
                        "cut\r",
                        "1234567\n",
                        "12345678\n",
                        "ab--c---d--",
                        "a-",
                        "--",
                        "-----",
                        "xabcabcx",
                        "aaab",
                        "aab\0b"s,
                        std::string(40, '-'),
                        std::string(40, 'a')};
    const texts bodies{"", "a", "\r", "a\r", "a\nb", "1234567", "12345678", "a-", "--", "b--", "x\n"};
    const std::vector<texts> marks{{"\n"},           {"\n", "\r\n"}, {"--"},           {"---", "ab"},
                                   {"aab", "b\0b"s}, {"-a-b-c-d-e"}, {"\r", "\n", "-"}};
    for (const texts& each : marks)
        for (const bool strip : {true, false})
            for (const std::size_t limit : {10U, 12U, 1000U})
                BOOST_TEST_CONTEXT("mark " << escaped(as_bytes(each.front())) << " strip " << strip << " limit "
                                           << limit)
    test::codec_laws(delimiter({.marks = each, .strip = strip, .max_frame = limit}), bodies, streams);
}

BOOST_AUTO_TEST_CASE(lines_end_with_either_and_are_written_with_one) {
    const delimiter lines = delimiter::lines();
    BOOST_TEST(bodies_of(lines, "one\ntwo\r\n\r\n\nmac\rmore\n") == (texts{"one", "two", "", "", "mac\rmore"}),
               boost::test_tools::per_element());
    byte_buffer wire;
    BOOST_TEST(!lines.encode(as_bytes("text"), wire));
    BOOST_TEST(as_text(wire.view()) == "text\n");
}

BOOST_AUTO_TEST_CASE(an_unfinished_last_line_is_truncated) {
    BOOST_TEST(end_of(delimiter::lines(), "one\ntwo") == errc::truncated);
    BOOST_TEST(end_of(delimiter::lines(), "one\ntwo\r") == errc::truncated);
    BOOST_TEST(end_of(delimiter::lines(), "one\n") == errc::end_of_stream);
}

BOOST_AUTO_TEST_CASE(a_mark_may_be_kept) {
    const delimiter kept({.marks = {"\n", "\r\n"}, .strip = false});
    BOOST_TEST(bodies_of(kept, "one\ntwo\r\n\n") == (texts{"one\n", "two\r\n", "\n"}),
               boost::test_tools::per_element());
    byte_buffer wire;
    BOOST_TEST(!kept.encode(as_bytes("one\r\n"), wire));
    BOOST_TEST(as_text(wire.view()) == "one\r\n");
    for (const std::string& lacks : {"one"s, ""s, "a\nb\n"s, "one\r"s})
        BOOST_TEST(kept.encode(as_bytes(lacks), wire) == errc::unencodable);
    BOOST_TEST(wire.size() == 5U);
}

BOOST_AUTO_TEST_CASE(the_first_byte_that_completes_a_mark_ends_the_frame_and_the_longest_of_them_is_the_mark) {
    BOOST_TEST(bodies_of(delimiter({.marks = {"b", "ab", "aab"}}), "xaab-ab-b") == (texts{"x", "-", "-"}),
               boost::test_tools::per_element());
    BOOST_TEST(bodies_of(delimiter({.marks = {"abcd", "bce"}}), "xabcexabcd") == (texts{"xa", "x"}),
               boost::test_tools::per_element());
    BOOST_TEST(bodies_of(delimiter({.marks = {"aab"}}), "aaab") == (texts{"a"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_search_from_the_front_finds_the_same_marks) {
    std::mt19937 random(3);
    for (int round = 0; round < 2000; ++round) {
        const std::string mark = std::string(1 + random() % 3, 'a') + (random() % 2 == 0 ? "b" : "");
        std::string stream;
        for (int i = 0; i < 20; ++i) stream += "abc"[random() % 3];
        texts expected;
        std::string_view left = stream;
        for (std::size_t at = left.find(mark); at != std::string_view::npos; at = left.find(mark)) {
            expected.emplace_back(left.substr(0, at));
            left.remove_prefix(at + mark.size());
        }
        BOOST_TEST(bodies_of(delimiter({.marks = {mark}}), stream) == expected, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(the_limit_counts_the_mark) {
    const delimiter lines({.marks = {"\r\n"}, .max_frame = 5});
    BOOST_TEST(bodies_of(lines, "abc\r\n") == (texts{"abc"}), boost::test_tools::per_element());
    BOOST_TEST(end_of(lines, "abcd\r\n") == errc::too_long);
    BOOST_TEST(end_of(lines, "abcde") == errc::too_long);   // said when it is clear, not when the mark comes
    byte_buffer wire;
    BOOST_TEST(lines.encode(as_bytes("abcd"), wire) == errc::too_long);
    BOOST_TEST(!lines.encode(as_bytes("abc"), wire));
}

BOOST_AUTO_TEST_CASE(a_body_that_would_be_cut_elsewhere_is_refused) {
    const delimiter lines = delimiter::lines();
    byte_buffer wire;
    for (const std::string& bad : {"a\nb"s, "\n"s, "a\r"s, "a\r\nb"s})
        BOOST_TEST(lines.encode(as_bytes(bad), wire) == errc::unencodable);
    // a - -- is found at a --.
    BOOST_TEST(delimiter({.marks = {"--"}}).encode(as_bytes("a-"), wire) == errc::unencodable);
    BOOST_TEST(wire.empty());
}

BOOST_AUTO_TEST_CASE(marks_that_could_never_be_found_are_refused) {
    BOOST_TEST(refused({.marks = {}}) == "delimiter: at least one is needed");
    BOOST_TEST(refused({.marks = {"a", ""}}) == "delimiter: an empty one ends nothing");
    BOOST_TEST(refused({.marks = {"\r", "\r\n"}}) ==
               "delimiter: 0d is the beginning of 0d0a, which could never be found");
    BOOST_TEST(refused({.marks = {"\r\n", "\r"}}) ==
               "delimiter: 0d is the beginning of 0d0a, which could never be found");
    BOOST_TEST(refused({.marks = {"a", "a"}}) == "delimiter: 61 is the same as 61, which could never be found");
    BOOST_TEST(refused({.marks = {"xay", "a"}}) == "delimiter: 61 is inside of 786179, which could never be found");
    BOOST_TEST(refused({.marks = {"abab", "ab"}}) ==
               "delimiter: 6162 is the beginning of 61626162, which could never be found");
    BOOST_TEST(refused({.marks = {"xa", "a"}}).empty());
}

BOOST_AUTO_TEST_CASE(marks_beyond_the_room_for_them_are_refused) {
    const std::string bytes(marks::most_bytes, 'x');
    BOOST_TEST(refused({.marks = bytes}).empty());
    BOOST_CHECK_EXCEPTION(marks(bytes, "y"), std::invalid_argument,
                          says("delimiter: they have more than 256 bytes together"));
    texts many;
    for (std::size_t i = 0; i < marks::most; ++i) many.emplace_back(1, static_cast<char>('a' + i));
    BOOST_TEST(bodies_of(delimiter({.marks = many}), "1a2p") == (texts{"1", "2"}), boost::test_tools::per_element());
    many.emplace_back("z");
    BOOST_CHECK_EXCEPTION(marks{many}, std::invalid_argument, says("delimiter: more than 16 of them"));
    BOOST_CHECK_EXCEPTION(static_cast<void>(any_codec::parse("delimiter:" + to_hex(as_bytes(bytes), '\0') + "|0a")),
                          std::invalid_argument, says("delimiter: they have more than 256 bytes together"));
}

BOOST_AUTO_TEST_CASE(a_limit_below_the_longest_mark_is_refused) {
    BOOST_TEST(refused({.marks = {"a", "--"}, .max_frame = 1}) ==
               "delimiter: max is 1, but a delimiter alone has 2 bytes");
    BOOST_TEST(refused({.marks = {"a", "--"}, .max_frame = 2}).empty());
    BOOST_TEST(delimiter::lines().max_frame() == default_max_frame);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(fixed_lengths)

BOOST_AUTO_TEST_CASE(fixed_lengths_keep_the_laws) {
    for (const std::size_t size : {1U, 2U, 7U, 1000U})
        test::codec_laws(fixed_length(size), {"", "a", "ab", "1234567", std::string(1000, 'x')},
                         {"", "a", "ab", "abc", "1234567", "12345671234567", "12345671234567x"});
}

BOOST_AUTO_TEST_CASE(a_body_of_another_size_is_refused) {
    byte_buffer wire;
    BOOST_TEST(fixed_length(3).encode(as_bytes("ab"), wire) == errc::unencodable);
    BOOST_TEST(fixed_length(3).encode(as_bytes("abcd"), wire) == errc::too_long);
    BOOST_TEST(wire.empty());
}

BOOST_AUTO_TEST_CASE(sizes_that_make_no_sense_are_refused) {
    BOOST_TEST(!refusal<fixed_length>(std::size_t{0}).empty());
    BOOST_TEST(!refusal<fixed_length>(fixed_length::largest + 1).empty());
    BOOST_TEST(refusal<fixed_length>(fixed_length::largest).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
