#include "support/print.hpp"
#include "support/test_codecs.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/reader.hpp>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <string>
#include <utility>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;

std::string framed(std::string_view body) {
    byte_buffer wire;
    BOOST_TEST(!length_field::prefix_self().encode(as_bytes(body), wire));
    return std::string(as_text(wire.view()));
}

// Hands over as much of `data` as the reader asks for, and takes that off its front.
template <class Codec>
std::size_t feed(reader<Codec>& into, std::string_view& data, fill policy) {
    const mutable_bytes space = into.space(policy);
    const std::size_t count = std::min(space.size(), data.size());
    std::memcpy(space.data(), data.data(), count);
    into.commit(count);
    data.remove_prefix(count);
    return count;
}

template <class Codec>
void feed_all(reader<Codec>& into, std::string_view data) {
    while (!data.empty()) feed(into, data, fill::greedy);
}

template <class Codec>
void expect_frame(reader<Codec>& from, std::string_view body) {
    const decoded next = from.next();
    BOOST_TEST_REQUIRE(next.what() == kind::frame);
    BOOST_TEST(as_text(next.body()) == body);
}

template <class Codec>
void expect_failure(reader<Codec>& from, errc why) {
    const decoded next = from.next();
    BOOST_TEST_REQUIRE(next.what() == kind::failed);
    BOOST_TEST(next.error() == why);
}

template <class Codec>
void expect_skip(reader<Codec>& from, std::size_t count) {
    const decoded next = from.next();
    BOOST_TEST_REQUIRE(next.what() == kind::skip);
    BOOST_TEST(next.used() == count);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(reading)

BOOST_AUTO_TEST_CASE(whole_frames_are_counted_without_being_taken) {
    reader<length_field> here(length_field::prefix_self());
    BOOST_TEST(here.whole() == 0U);
    feed_all(here, framed("a") + framed("") + framed("ccc").substr(0, 6));
    BOOST_TEST(here.whole() == 2U);
    expect_frame(here, "a");
    BOOST_TEST(here.whole() == 1U);
    feed_all(here, framed("ccc").substr(6) + "\0\0\0\1"s + framed("e"));   // a length shorter than itself
    BOOST_TEST(here.whole() == 2U);
    expect_frame(here, "");
    expect_frame(here, "ccc");
    expect_failure(here, errc::too_short);
    BOOST_TEST(here.whole() == 0U);
}

BOOST_AUTO_TEST_CASE(exact_fill_reads_four_bytes_and_then_the_body) {
    reader frames{length_field::prefix_self()};
    for (const std::size_t size : {std::size_t{11}, std::size_t{3}, std::size_t{2000}}) {
        const std::string stream = framed(std::string(size, 'x')) + "behind";
        std::string_view left = stream;
        BOOST_TEST((frames.next().what() == kind::need_more));
        BOOST_TEST(feed(frames, left, fill::exact) == 4U);
        const decoded header_only = frames.next();
        BOOST_TEST_REQUIRE(header_only.what() == kind::need_more);
        BOOST_TEST(header_only.total() == 4 + size);
        BOOST_TEST(feed(frames, left, fill::exact) == size);
        expect_frame(frames, std::string(size, 'x'));
        BOOST_TEST(left == "behind");
    }
}

BOOST_AUTO_TEST_CASE(exact_fill_of_an_empty_body_reads_no_body) {
    reader frames{length_field::prefix_self()};
    const std::string stream = framed("") + framed("");
    std::string_view left = stream;
    static_cast<void>(frames.next());
    BOOST_TEST(feed(frames, left, fill::exact) == 4U);
    expect_frame(frames, "");
    BOOST_TEST(left.size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_short_read_is_made_up_for_with_what_is_missing) {
    reader frames{length_field::prefix_self()};
    static_cast<void>(frames.next());
    BOOST_TEST(frames.space(fill::exact).size() == 4U);
    std::string_view two = std::string_view("\0\0", 2);
    feed(frames, two, fill::exact);
    BOOST_TEST(frames.next().total() == 4U);
    BOOST_TEST(frames.space(fill::exact).size() == 2U);
}

BOOST_AUTO_TEST_CASE(exact_fill_uses_all_the_room_of_a_lent_block) {
    reader frames{length_field::prefix_self()};
    frames.adopt(byte_buffer(65'536));
    const std::string stream = framed(std::string(50'000, 'x'));
    std::string_view left = stream;
    static_cast<void>(frames.next());
    feed(frames, left, fill::exact);
    static_cast<void>(frames.next());
    BOOST_TEST(feed(frames, left, fill::exact) == 50'000U);
}

BOOST_AUTO_TEST_CASE(greedy_fill_takes_many_frames_in_one_read) {
    reader frames{length_field::prefix_self()};
    frames.adopt(byte_buffer(4096));
    const std::string stream = framed("one") + framed("two") + framed("three");
    std::string_view left = stream;
    BOOST_TEST(feed(frames, left, fill::greedy) == stream.size());
    expect_frame(frames, "one");
    expect_frame(frames, "two");
    expect_frame(frames, "three");
    BOOST_TEST(frames.next().total() > 0U);
    BOOST_TEST(frames.frames() == 3U);
}

BOOST_AUTO_TEST_CASE(eof_between_frames_is_the_end_of_the_stream) {
    reader frames{length_field::prefix_self()};
    feed_all(frames, framed("last"));
    frames.end();
    expect_frame(frames, "last");
    expect_failure(frames, errc::end_of_stream);
}

BOOST_AUTO_TEST_CASE(eof_before_anything_is_the_end_of_the_stream) {
    reader frames{length_field::prefix_self()};
    frames.end();
    expect_failure(frames, errc::end_of_stream);
    expect_failure(frames, errc::end_of_stream);
}

BOOST_AUTO_TEST_CASE(eof_inside_a_frame_is_truncated) {
    const std::string whole = framed("body");
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        BOOST_TEST_CONTEXT("after " << cut << " bytes") {
            reader frames{length_field::prefix_self()};
            feed_all(frames, framed("first"));
            feed_all(frames, whole.substr(0, cut));
            expect_frame(frames, "first");
            frames.end();
            expect_failure(frames, errc::truncated);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_failure_is_final) {
    reader frames{length_field::prefix_self()};
    feed_all(frames, framed("good") + "\0\0\0\1"s + framed("never"));
    expect_frame(frames, "good");
    expect_failure(frames, errc::too_short);
    feed_all(frames, framed("later"));
    expect_failure(frames, errc::too_short);
    frames.end();
    expect_failure(frames, errc::too_short);
    BOOST_TEST(frames.frames() == 1U);
}

BOOST_AUTO_TEST_CASE(position_is_where_the_next_frame_begins_and_where_a_failure_is) {
    reader frames{length_field::prefix_self(4, 100)};
    BOOST_TEST(frames.position() == 0U);
    feed_all(frames, framed("1234") + framed("") + "\xff\xff\xff\xffrest");
    expect_frame(frames, "1234");
    BOOST_TEST(frames.position() == 8U);
    expect_frame(frames, "");
    BOOST_TEST(frames.position() == 12U);
    expect_failure(frames, errc::too_long);
    BOOST_TEST(frames.position() == 12U);
    BOOST_TEST(as_text(frames.unread()) == "\xff\xff\xff\xffrest");
    BOOST_TEST(frames.frames() == 2U);
}

BOOST_AUTO_TEST_CASE(memory_grows_with_what_arrives_and_never_to_what_a_header_claims) {
    constexpr std::size_t claimed = 1024 * 1024;
    for (const fill policy : {fill::exact, fill::greedy}) {
        for (const std::size_t piece : {std::size_t{1'000}, std::size_t{4'097}, std::size_t{100'000}}) {
            reader frames{length_field::prefix_self(4, claimed)};
            const std::string stream = framed(std::string(claimed - 4, 'x'));
            std::size_t arrived = 0;
            while (arrived < stream.size()) {
                BOOST_TEST_REQUIRE(frames.next().what() == kind::need_more);
                const mutable_bytes space = frames.space(policy);
                const std::size_t held = frames.unread().size() + space.size();
                BOOST_TEST_REQUIRE(held <= arrived + std::max<std::size_t>(arrived, 4096));
                const std::size_t count = std::min({space.size(), piece, stream.size() - arrived});
                std::memcpy(space.data(), stream.data() + arrived, count);
                frames.commit(count);
                arrived += count;
            }
            const decoded whole = frames.next();
            BOOST_TEST_REQUIRE(whole.what() == kind::frame);
            BOOST_TEST(whole.body().size() == claimed - 4);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_released_buffer_leaves_the_unfinished_tail_behind) {
    reader frames{length_field::prefix_self()};
    BOOST_TEST(!frames.has_buffer());
    frames.adopt(byte_buffer(4096));
    BOOST_TEST(frames.has_buffer());
    const std::string next = framed("unfinished");
    feed_all(frames, framed("whole") + next.substr(0, 7));
    expect_frame(frames, "whole");
    const byte_buffer given_back = frames.release();
    BOOST_TEST(given_back.capacity() == 4096U);
    BOOST_TEST(given_back.empty());
    BOOST_TEST(as_text(frames.unread()) == next.substr(0, 7));
    BOOST_TEST((frames.next().what() == kind::need_more));
    frames.adopt(byte_buffer(4096));
    feed_all(frames, next.substr(7));
    expect_frame(frames, "unfinished");
    BOOST_TEST(frames.position() == 9 + next.size());
}

BOOST_AUTO_TEST_CASE(a_reader_with_nothing_unread_releases_all_it_has) {
    reader frames{length_field::prefix_self()};
    frames.adopt(byte_buffer(64));
    feed_all(frames, framed("body"));
    expect_frame(frames, "body");
    static_cast<void>(frames.release());
    BOOST_TEST(!frames.has_buffer());
    feed_all(frames, framed("again"));
    expect_frame(frames, "again");
}

BOOST_AUTO_TEST_CASE(a_skip_is_told_once_and_the_stream_goes_on) {
    reader frames{test::tagged()};
    feed_all(frames, "f\1as\3xyzf\1b"s);
    expect_frame(frames, "a");
    expect_skip(frames, 5);
    BOOST_TEST(frames.position() == 3U);
    expect_frame(frames, "b");
    BOOST_TEST(frames.position() == 11U);
    BOOST_TEST(frames.frames() == 2U);
}

BOOST_AUTO_TEST_CASE(a_skip_may_be_longer_than_what_was_seen) {
    reader frames{test::tagged()};
    feed_all(frames, "s\12ab"s);
    expect_skip(frames, 12);
    for (int piece = 0; piece < 4; ++piece) {
        BOOST_TEST((frames.next().what() == kind::need_more));
        BOOST_TEST(frames.unread().empty());   // what is skipped is dropped as it comes
        feed_all(frames, "cd");
    }
    feed_all(frames, "f\2ok"s);
    expect_frame(frames, "ok");
    BOOST_TEST(frames.position() == 16U);
}

BOOST_AUTO_TEST_CASE(exact_fill_reads_all_that_is_to_be_skipped_at_once) {
    reader frames{test::tagged()};
    const std::string stream = "s\xc8"s + std::string(200, 'x') + "f\0"s;
    std::string_view left = stream;
    while (frames.next().what() == kind::need_more) feed(frames, left, fill::exact);
    BOOST_TEST(left.size() == 202U);
    BOOST_TEST((frames.next().what() == kind::need_more));
    BOOST_TEST(feed(frames, left, fill::exact) == 200U);
    while (frames.next().what() == kind::need_more) feed(frames, left, fill::exact);
    BOOST_TEST(left.empty());
}

BOOST_AUTO_TEST_CASE(eof_inside_a_skip_is_truncated_and_right_behind_it_the_end) {
    reader inside{test::tagged()};
    feed_all(inside, "s\3ab"s);
    expect_skip(inside, 5);
    inside.end();
    expect_failure(inside, errc::truncated);

    reader behind{test::tagged()};
    feed_all(behind, "s\3abc"s);
    behind.end();
    expect_skip(behind, 5);
    expect_failure(behind, errc::end_of_stream);
}

BOOST_AUTO_TEST_CASE(an_unfinished_skip_survives_giving_the_buffer_back) {
    reader frames{test::tagged()};
    frames.adopt(byte_buffer(64));
    feed_all(frames, "s\4ab"s);
    expect_skip(frames, 6);
    BOOST_TEST((frames.next().what() == kind::need_more));
    static_cast<void>(frames.release());
    feed_all(frames, "cdf\1z"s);
    expect_frame(frames, "z");
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
