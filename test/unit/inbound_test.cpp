// What comes from a peer, without a socket and with the test's own clock: turns, limits, and the memory it is in.
#include "support/frames.hpp"

#include <hawser/io/inbound.hpp>
#include <hawser/io/memory_budget.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

struct coming_in {
    explicit coming_in(const frame_limits& with = {}) : limits(*shared_limits(with, frame::any_codec().max_frame())) {}
    ~coming_in() { in.discard(pool); }

    // As many reads as it takes.
    void come(std::string_view wire) {
        while (!wire.empty()) {
            const mutable_bytes room = in.room(limits, pool, is_short);
            const std::size_t count = std::min(room.size(), wire.size());
            std::memcpy(room.data(), wire.data(), count);
            in.took(count);
            wire.remove_prefix(count);
        }
    }
    [[nodiscard]] std::string next() {
        bytes body;
        return in.take(limits.fill, body) ? std::string(as_text(body)) : "none";
    }
    void settle() { in.settle(pool, is_short); }

    asio::io_context context;
    buffer_pool& pool = buffer_pool::of(context.get_executor());
    frame_limits limits;
    time_point start = clock::now();
    inbound in{frame::any_codec(), start, limits};
    bool is_short = false;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(what_comes_in)

BOOST_AUTO_TEST_CASE(frames_come_out_as_they_arrive_and_a_turn_has_so_many) {
    coming_in one({.turn_frames = 2});
    one.come(test::framed(test::texts{"a", "b", "c"}) + test::framed("d").substr(0, 3));
    BOOST_TEST(one.next() == "a");
    BOOST_TEST(one.next() == "b");
    BOOST_TEST(one.next() == "none");
    BOOST_TEST(one.in.begin_turn(one.limits));   // the others' turn comes first: there is more
    BOOST_TEST(one.next() == "c");
    BOOST_TEST(one.next() == "none");
    BOOST_TEST(!one.in.begin_turn(one.limits));   // it was not used up
    one.come(test::framed("d").substr(3));
    BOOST_TEST(one.next() == "d");
    BOOST_TEST(one.in.reader().frames() == 4U);
}

BOOST_AUTO_TEST_CASE(a_turn_reads_no_more_than_its_bytes) {
    coming_in one({.turn_bytes = 10});
    BOOST_TEST(one.in.room(one.limits, one.pool, false).size() == 10U);
}

BOOST_AUTO_TEST_CASE(the_first_frame_is_late_however_much_of_it_has_come) {
    coming_in one({.first_frame_timeout = 10s});
    BOOST_TEST((one.in.begin_wait(one.limits, one.start + 1s) == one.start + 10s));
    one.come(test::framed("whole").substr(0, 3));
    BOOST_TEST((one.in.begin_wait(one.limits, one.start + 9s) == one.start + 10s));
    BOOST_TEST((one.in.timed_out(one.limits, one.start + 10s, true) == errc::first_frame_timeout));
}

BOOST_AUTO_TEST_CASE(a_frame_has_its_time_from_its_first_byte_on) {
    coming_in one({.frame_timeout = 30s});
    one.come(test::framed("first") + test::framed("second").substr(0, 3));
    BOOST_TEST(one.next() == "first");
    BOOST_TEST(one.next() == "none");
    BOOST_TEST((one.in.begin_wait(one.limits, one.start + 5s) == one.start + 35s));
    one.come(test::framed("second").substr(3, 2));
    // More of it does not set it back.
    BOOST_TEST((one.in.begin_wait(one.limits, one.start + 20s) == one.start + 35s));
    one.in.excuse(one.limits, one.start + 25s, 4s);   // but a pause that was ours does
    BOOST_TEST((one.in.latest() == one.start + 39s));
    BOOST_TEST((one.in.timed_out(one.limits, one.start + 39s, true) == errc::frame_timeout));
}

BOOST_AUTO_TEST_CASE(silence_is_idleness_unless_the_peer_only_waits_for_us) {
    coming_in one({.idle_timeout = 60s});
    one.come(test::framed("first"));
    BOOST_TEST(one.next() == "first");
    BOOST_TEST((one.in.begin_wait(one.limits, one.start) == one.start + 60s));
    BOOST_TEST((one.in.begin_wait(one.limits, one.start + 30s) == one.start + 60s));   // a wait that was broken off
    BOOST_TEST(!one.in.timed_out(one.limits, one.start + 60s, true));                  // an answer waits
    BOOST_TEST((one.in.latest() == one.start + 120s));
    one.in.hold();
    BOOST_TEST(!one.in.timed_out(one.limits, one.start + 120s, false));
    one.in.release();
    BOOST_TEST(!one.in.timed_out(one.limits, one.start + 180s, false));   // it was held during this wait
    one.in.note_owed();
    BOOST_TEST(!one.in.timed_out(one.limits, one.start + 240s, false));   // and had something to take
    BOOST_TEST((one.in.timed_out(one.limits, one.start + 300s, false) == errc::idle_timeout));
}

BOOST_AUTO_TEST_CASE(what_is_off_is_never_late) {
    coming_in one(test::patient);
    BOOST_TEST((one.in.begin_wait(one.limits, one.start) == time_point::max()));
    one.come(test::framed("first") + "\1");
    BOOST_TEST(one.next() == "first");
    BOOST_TEST((one.in.begin_wait(one.limits, one.start) == time_point::max()));
}

BOOST_AUTO_TEST_CASE(who_waits_with_nothing_holds_nothing_and_with_little_only_that) {
    coming_in one;
    one.come(test::framed("first"));
    BOOST_TEST(one.pool.lent() == 1U);
    BOOST_TEST(one.next() == "first");
    one.settle();
    BOOST_TEST(one.pool.lent() == 0U);
    BOOST_TEST(one.in.reader().capacity() == 0U);
    one.come(test::framed("second").substr(0, 5));
    one.settle();
    BOOST_TEST(one.pool.lent() == 0U);
    BOOST_TEST(one.in.reader().capacity() == 5U);
    one.come(test::framed("second").substr(5));
    BOOST_TEST(one.next() == "second");
}

BOOST_AUTO_TEST_CASE(a_long_frame_keeps_its_block_unless_memory_is_short) {
    coming_in one;
    one.come(test::framed(std::string(60'000, 'x')).substr(0, 30'000));
    one.settle();
    BOOST_TEST(one.pool.lent() == 1U);
    one.is_short = true;
    one.settle();
    BOOST_TEST(one.pool.lent() == 0U);
    BOOST_TEST(one.in.reader().capacity() == 30'000U);
    one.come(test::framed(std::string(60'000, 'x')).substr(30'000));
    BOOST_TEST(one.next().size() == 60'000U);
}

BOOST_AUTO_TEST_CASE(while_memory_is_short_a_page_is_lent) {
    coming_in one;
    one.is_short = true;
    BOOST_TEST(one.in.room(one.limits, one.pool, true).size() == memory_account::allowance);
}

BOOST_AUTO_TEST_CASE(once_stopped_what_had_arrived_is_read_and_no_more) {
    coming_in one;
    one.in.stop(8);
    BOOST_TEST(one.in.has_more_to_read());
    const std::string wire = test::framed("four");
    BOOST_TEST(wire.size() == 8U);
    BOOST_TEST(one.in.room(one.limits, one.pool, false).size() == 8U);
    one.come(wire);
    BOOST_TEST(!one.in.has_more_to_read());
    one.in.stop(100);   // the first counts
    BOOST_TEST(!one.in.has_more_to_read());
    BOOST_TEST(one.next() == "four");
}

BOOST_AUTO_TEST_CASE(no_more_than_a_mebibyte_is_read_once_stopped) {
    coming_in one;
    one.in.stop(std::size_t{1} << 40);
    std::size_t read = 0;
    while (one.in.has_more_to_read()) {
        const std::string some(one.in.room(one.limits, one.pool, false).size(), '\0');
        read += some.size();
        one.come(some);
        while (one.next() != "none") {}
        static_cast<void>(one.in.begin_turn(one.limits));
        if (one.in.failure() != errc{}) break;
    }
    BOOST_TEST((read == 1024U * 1024U || one.in.failure() != errc{}));
}

BOOST_AUTO_TEST_CASE(what_is_dropped_is_not_handed_out_whether_it_has_arrived_or_not) {
    coming_in one;
    one.come(test::framed("first"));
    one.in.take_no_more();
    BOOST_TEST(one.next() == "none");
    BOOST_TEST((one.in.comes() == inbound::coming::nothing));
}

BOOST_AUTO_TEST_CASE(an_end_inside_a_frame_is_no_end_in_peace) {
    coming_in whole, half;
    whole.come(test::framed("first"));
    whole.in.end();
    BOOST_TEST(whole.next() == "first");
    BOOST_TEST(whole.next() == "none");
    BOOST_TEST((whole.in.failure() == errc::end_of_stream));
    half.come(test::framed("first").substr(0, 5));
    half.in.end();
    BOOST_TEST(half.next() == "none");
    BOOST_TEST((half.in.failure() == errc::truncated));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
