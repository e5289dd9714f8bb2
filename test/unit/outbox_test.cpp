#include "support/print.hpp"
#include "support/test_codecs.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/outbox.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace hawser::frame {

namespace {

const test::lines lines{100};

error_code push(outbox& into, std::string_view line) { return into.push(lines, as_bytes(line)); }

std::string flying(outbox& from) { return std::string(as_text(from.flying())); }

// Frames of any bytes.
const any_codec blocks = length_field::prefix_body(4);

std::string framed(std::string_view body) {
    byte_buffer wire;
    BOOST_TEST(!blocks.encode(as_bytes(body), wire));
    return std::string(as_text(wire.view()));
}

shared_frame shared(std::size_t size, char of) {
    byte_buffer wire;
    wire.append(as_bytes(std::string(size, of)));
    return std::make_shared<const byte_buffer>(std::move(wire));
}

// One write, of at most so many bytes.
std::string write(outbox& from, std::size_t most) {
    const bytes next = from.flying();
    const std::string taken(as_text(next.first(std::min(most, next.size()))));
    from.written(taken.size());
    return taken;
}

std::string sorted(std::string text) {
    std::sort(text.begin(), text.end());
    return text;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(outboxes)

BOOST_AUTO_TEST_CASE(what_waits_flies_together_and_in_order) {
    outbox box(100);
    BOOST_TEST(box.empty());
    BOOST_TEST(flying(box) == "");
    for (const std::string_view line : {"one", "two", "three"}) BOOST_TEST(!push(box, line));
    BOOST_TEST(box.frames() == 3U);
    BOOST_TEST(box.queued() == 14U);
    BOOST_TEST(flying(box) == "one\ntwo\nthree\n");
    box.written(14);
    BOOST_TEST(box.empty());
    BOOST_TEST(flying(box) == "");
}

BOOST_AUTO_TEST_CASE(what_is_pushed_while_one_flies_goes_out_in_the_next_write) {
    outbox box(100);
    BOOST_TEST(!push(box, "first"));
    BOOST_TEST(flying(box) == "first\n");
    BOOST_TEST(!push(box, "second"));
    BOOST_TEST(!push(box, "third"));
    BOOST_TEST(flying(box) == "first\n");
    box.written(6);
    BOOST_TEST(flying(box) == "second\nthird\n");
    BOOST_TEST(!push(box, "fourth"));
    box.written(13);
    BOOST_TEST(flying(box) == "fourth\n");
}

BOOST_AUTO_TEST_CASE(a_partial_write_goes_on_where_it_stopped_and_nothing_mixes_in) {
    outbox box(100);
    BOOST_TEST(!push(box, "abcdef"));
    std::string wire;
    for (int round = 0; !box.empty(); ++round) {
        const bytes now = box.flying();
        wire += as_text(now.first(std::min<std::size_t>(2, now.size())));
        box.written(std::min<std::size_t>(2, now.size()));
        if (round < 3) BOOST_TEST(!push(box, std::to_string(round)));
    }
    BOOST_TEST(wire == "abcdef\n0\n1\n2\n");
}

BOOST_AUTO_TEST_CASE(waiting_and_flying_together_stay_within_the_cap) {
    outbox box(12);
    BOOST_TEST(!push(box, "12345"));   // 6
    BOOST_TEST(flying(box) == "12345\n");
    BOOST_TEST(!push(box, "1234"));                               // 11
    BOOST_TEST(push(box, "1") == errc::outbox_full);              // 13
    BOOST_TEST(push(box, "123456789012345") == errc::too_long);   // it would not fit alone either
    BOOST_TEST(!push(box, ""));                                   // 12
    BOOST_TEST(push(box, "") == errc::outbox_full);
    BOOST_TEST(box.queued() == 12U);
    BOOST_TEST(!box.has_room(1));
    BOOST_TEST(box.cap() == 12U);
}

BOOST_AUTO_TEST_CASE(a_push_that_does_not_fit_leaves_everything_as_it_was) {
    outbox box(10);
    BOOST_TEST(!push(box, "abc"));
    BOOST_TEST(push(box, "123456") == errc::outbox_full);   // its body fits, its frame does not
    BOOST_TEST(box.queued() == 4U);
    BOOST_TEST(box.frames() == 1U);
    BOOST_TEST(flying(box) == "abc\n");
}

BOOST_AUTO_TEST_CASE(a_body_that_the_codec_refuses_is_not_taken) {
    outbox box(1000);
    BOOST_TEST(!push(box, "abc"));
    BOOST_TEST(push(box, "a\nb") == errc::too_long);
    BOOST_TEST(box.frames() == 1U);
    BOOST_TEST(flying(box) == "abc\n");
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_begun_is_taken_and_its_body_written_where_it_belongs) {
    const any_codec lengths = length_field::prefix_body(1);
    outbox box(8);
    std::byte* const body = box.begin_frame(lengths, 3);
    BOOST_TEST_REQUIRE((body != nullptr));
    std::ranges::copy(as_bytes("abc"), body);
    BOOST_TEST(box.frames() == 1U);
    BOOST_TEST(box.unwritten() == 1U);
    BOOST_TEST((box.begin_frame(lengths, 4) == nullptr), "with its header it is over the cap");
    BOOST_TEST((box.begin_frame(lengths, 5) == nullptr));
    BOOST_TEST((box.begin_frame(lengths, 300) == nullptr), "no length says that");
    BOOST_TEST((box.begin_frame(any_codec(delimiter::lines()), 1) == nullptr), "the body comes first");
    BOOST_TEST(flying(box) == "\3abc");
    BOOST_TEST(box.frames() == 1U);
}

BOOST_AUTO_TEST_CASE(written_bytes_make_room_again) {
    outbox box(8);
    BOOST_TEST(!push(box, "1234567"));
    BOOST_TEST(push(box, "12") == errc::outbox_full);
    static_cast<void>(box.flying());
    box.written(2);
    BOOST_TEST(push(box, "12") == errc::outbox_full);
    box.written(1);
    BOOST_TEST(!push(box, "12"));
    BOOST_TEST(box.queued() == 8U);
}

BOOST_AUTO_TEST_CASE(a_frame_as_long_as_the_cap_fits) {
    outbox box(4 + 6);
    const length_field codec = length_field::prefix_self(4, 10);
    BOOST_TEST(!box.push(codec, as_bytes("123456")));
    BOOST_TEST(box.push(codec, bytes()) == errc::outbox_full);
}

BOOST_AUTO_TEST_CASE(clearing_forgets_what_waits_and_what_flies) {
    outbox box(100);
    BOOST_TEST(!push(box, "flies"));
    static_cast<void>(box.flying());
    box.written(2);
    BOOST_TEST(!push(box, "waits"));
    box.clear();
    BOOST_TEST(box.empty());
    BOOST_TEST(flying(box) == "");
    BOOST_TEST(box.unwritten() == 2U, "they are lost");
    BOOST_TEST(!push(box, "new"));
    BOOST_TEST(flying(box) == "new\n");
}

BOOST_AUTO_TEST_CASE(an_adopted_block_is_used_and_released) {
    outbox box(1000);
    BOOST_TEST(!box.has_block());
    byte_buffer block(64);
    const std::byte* const memory = block.prepare(1).data();
    box.adopt(std::move(block));
    BOOST_TEST(box.has_block());
    BOOST_TEST(!push(box, "one"));
    BOOST_TEST((box.flying().data() == memory));
    BOOST_TEST(!push(box, "two"));
    box.written(4);
    box.written(box.flying().size());
    BOOST_TEST(byte_buffer(box.release()).capacity() == 64U);
    BOOST_TEST(!box.has_block());
    BOOST_TEST(box.capacity() == 0U);
    BOOST_TEST(!push(box, "still works"));
    BOOST_TEST(flying(box) == "still works\n");
}

BOOST_AUTO_TEST_CASE(however_writes_are_cut_the_peer_gets_the_same_bytes) {
    // Long enough for several segments, with frames that are shared among them.
    const shared_frame common = shared(outbox::shared_from + 7, 's');
    for (const std::size_t cut : {1U, 7U, 4'096U, 16'383U, 16'384U, 70'000U, 1'000'000U}) {
        outbox box(1024 * 1024);
        std::string pushed;
        std::string heard;
        for (int round = 0; pushed.size() < 400'000; ++round) {
            const std::string line(static_cast<std::size_t>(round % 5) * (cut < 4'096 ? 300U : 9'000U),
                                   static_cast<char>('a' + round % 26));
            BOOST_TEST_REQUIRE(!box.push(blocks, as_bytes(line)));
            pushed += framed(line);
            if (round % 3 == 0) {
                BOOST_TEST_REQUIRE((box.offer(common, {}, slow_consumer::wait) == backlog::placed::kept));
                pushed += as_text(common->view());
            }
            if (round % 2 == 0) heard += write(box, cut);
        }
        BOOST_TEST(box.queued() > 0U);
        while (!box.empty()) heard += write(box, cut);
        BOOST_TEST((sorted(heard) == sorted(pushed)), "cut at " << cut);   // pushes may be overtaken
        BOOST_TEST(box.unwritten() == 0U);
        BOOST_TEST(box.shared() == 0U);
        BOOST_TEST(common.use_count() == 1);
    }
}

BOOST_AUTO_TEST_CASE(answers_keep_their_order_at_every_cut) {
    for (std::size_t cut = 1; cut < 90; ++cut) {
        outbox box(1024 * 1024);
        std::string pushed;
        std::string heard;
        for (std::size_t size : {0U, 5U, 17'000U, 3U, 30'000U, 40'000U, 1U, 70'000U, 2U}) {
            const std::string line(size, static_cast<char>('a' + size % 26));
            BOOST_TEST_REQUIRE(!box.push(blocks, as_bytes(line)));
            pushed += framed(line);
            heard += write(box, cut * 997);
        }
        while (!box.empty()) heard += write(box, cut * 997);
        BOOST_TEST((heard == pushed), "cut at " << cut * 997);
    }
}

BOOST_AUTO_TEST_CASE(memory_follows_the_bytes_that_wait) {
    for (const std::size_t size : {20U, 500U, 4'000U, 16'000U, 17'000U, 33'000U, 65'000U, 200'000U}) {
        outbox box(1024 * 1024);
        std::size_t worst = 0;   // in percent
        while (!box.push(blocks, as_bytes(std::string(size, 'x'))))
            if (box.queued() > 256 * 1024) worst = std::max(worst, box.capacity() * 100 / box.queued());
        BOOST_TEST(worst <= 130U, "frames of " << size);
        // And back, as it is written a little at a time, down to where blocks are blocks.
        while (box.queued() > 256 * 1024) {
            static_cast<void>(write(box, 10'000));
            static_cast<void>(box.fit());
            BOOST_TEST_REQUIRE(box.capacity() * 100 / box.queued() <= 130U,
                               "frames of " << size << ", " << box.queued() << " wait");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_waits_for_long_needs_no_block) {
    outbox box(1024 * 1024);
    box.adopt(byte_buffer(64 * 1024));
    BOOST_TEST(!push(box, "a line"));
    BOOST_TEST(flying(box) == "a line\n");
    box.written(2);
    BOOST_TEST(box.fit().capacity() == 64U * 1024);
    BOOST_TEST(box.capacity() == 5U);
    BOOST_TEST(flying(box) == "line\n");
    BOOST_TEST(!push(box, "more"));
    BOOST_TEST(box.capacity() <= 4U * 1024);
    box.written(5);
    BOOST_TEST(flying(box) == "more\n");
}

BOOST_AUTO_TEST_CASE(a_long_frame_is_shared_and_a_short_one_copied) {
    const shared_frame large = shared(outbox::shared_from, 'l');
    const shared_frame little = shared(outbox::shared_from - 1, 'l');
    outbox box(1024 * 1024);
    BOOST_TEST((box.offer(large, {}, slow_consumer::wait) == backlog::placed::kept));
    BOOST_TEST((box.flying().data() == large->view().data()), "from where it is");
    BOOST_TEST(box.capacity() < 1024U);
    BOOST_TEST(box.shared() == large->size());
    BOOST_TEST((box.offer(little, {}, slow_consumer::wait) == backlog::placed::kept));
    BOOST_TEST(little.use_count() == 1);
    BOOST_TEST(box.unwritten() == 2U);
    box.clear();
    BOOST_TEST(large.use_count() == 1);
    BOOST_TEST(box.shared() == 0U);
    BOOST_TEST(box.unwritten() == 2U, "they are lost");
}

BOOST_AUTO_TEST_CASE(what_waits_in_the_backlog_counts_with_its_place) {
    const shared_frame large = shared(100'000, 'l');
    outbox box(1024 * 1024);
    for (int count = 0; count < 4; ++count)
        BOOST_TEST((box.offer(large, {}, slow_consumer::wait) == backlog::placed::kept));
    BOOST_TEST(box.shared() == 4 * large->size());
    BOOST_TEST(box.capacity() < 4U * 1024);
    BOOST_TEST(box.queued() == 4 * large->size() + 3 * backlog::entry_cost);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
