#include "support/print.hpp"
#include "support/test_codecs.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/outbox.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace hawser::frame {

namespace {

const test::lines lines{100};

error_code push(outbox& into, std::string_view line) { return into.push(lines, as_bytes(line)); }

std::string flying(outbox& from) { return std::string(as_text(from.flying())); }

}  // namespace

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
    BOOST_TEST(!push(box, "12345"));                               // 6
    BOOST_TEST(flying(box) == "12345\n");
    BOOST_TEST(!push(box, "1234"));                                // 11
    BOOST_TEST(push(box, "1") == errc::outbox_full);               // 13
    BOOST_TEST(push(box, "123456789012345") == errc::too_long);    // it would not fit alone either
    BOOST_TEST(!push(box, ""));                                    // 12
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

BOOST_AUTO_TEST_CASE(an_adopted_block_is_used_and_every_buffer_is_released) {
    outbox box(1000);
    BOOST_TEST(!box.has_buffer());
    byte_buffer block(64);
    const std::byte* const memory = block.prepare(1).data();
    box.adopt(std::move(block));
    BOOST_TEST(box.has_buffer());
    BOOST_TEST(!push(box, "one"));
    BOOST_TEST((box.flying().data() == memory));
    BOOST_TEST(!push(box, "two"));   // beside the one that flies, so in memory of its own
    box.written(4);
    box.written(box.flying().size());
    int released = 0;
    std::size_t largest = 0;
    while (box.has_buffer()) {
        largest = std::max(largest, box.release().capacity());
        ++released;
    }
    BOOST_TEST(released == 2);
    BOOST_TEST(largest == 64U);
    BOOST_TEST(!push(box, "still works"));
    BOOST_TEST(flying(box) == "still works\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace hawser::frame
