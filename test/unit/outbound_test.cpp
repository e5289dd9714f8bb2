// What goes to a peer, without a socket: frames in lent blocks, a kernel that is full or fails at each step,
// and how far a peer gets on.
#include "support/frames.hpp"

#include <hawser/io/memory_budget.hpp>
#include <hawser/io/outbound.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

// A kernel that takes so many bytes at a time, and does at its nth write what it is told.
struct kernel {
    result<std::size_t> operator()(bytes waits) {
        if (++writes == fails_at) return error_code(failure);
        const std::size_t count = std::min(waits.size(), most);
        taken += as_text(waits.first(count));
        return count;
    }
    std::size_t most = 1'000'000;
    std::size_t fails_at = 0;
    error_code failure = asio::error::would_block;
    std::size_t writes = 0;
    std::string taken;
};

struct going_out {
    explicit going_out(std::size_t cap = 1'000'000) : out(frame::any_codec(), cap) {}
    ~going_out() {
        out.clear(pool);
        BOOST_TEST(pool.lent() == 0U);
    }
    [[nodiscard]] error_code push(std::string_view body, pressure level = pressure::none) {
        return out.push(as_bytes(body), pool, level);
    }
    [[nodiscard]] error_code write(kernel& to) {
        return out.write([&to](bytes waits) { return to(waits); });
    }

    asio::io_context context;
    buffer_pool& pool = buffer_pool::of(context.get_executor());
    outbound out;
};

void put(std::byte* room, std::string_view body) { std::memcpy(room, body.data(), body.size()); }

}   // namespace

BOOST_AUTO_TEST_SUITE(what_goes_out)

BOOST_AUTO_TEST_CASE(frames_leave_in_one_write_and_the_block_goes_back) {
    going_out one;
    std::byte* const first = one.out.begin_first(5, one.pool, false);
    BOOST_TEST_REQUIRE(first != nullptr);
    put(first, "first");
    std::byte* const second = one.out.begin_next(6);
    BOOST_TEST_REQUIRE(second != nullptr);
    put(second, "second");
    BOOST_TEST(!one.push("third"));
    BOOST_TEST(one.pool.lent() == 1U);
    kernel to;
    BOOST_TEST(!one.write(to));
    BOOST_TEST(to.writes == 1U);
    BOOST_TEST((to.taken == test::framed(test::texts{"first", "second", "third"})));
    one.out.release(one.pool);
    BOOST_TEST(one.pool.lent() == 0U);
    BOOST_TEST(one.out.outbox().capacity() == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_goes_behind_others_without_a_lent_block_or_beyond_the_allowance) {
    going_out one;
    BOOST_TEST((one.out.begin_next(1) == nullptr));
    put(one.out.begin_first(4000, one.pool, false), std::string(4000, 'x'));
    BOOST_TEST((one.out.begin_next(200) == nullptr));
    BOOST_TEST((one.out.begin_next(10) != nullptr));
}

BOOST_AUTO_TEST_CASE(whatever_the_kernel_takes_at_a_time_and_whichever_write_fails_nothing_is_lost_or_doubled) {
    const test::texts bodies = test::bodies_of_many_sizes(20, 300);
    const std::string all = test::framed(bodies);
    std::size_t failed = 0;
    for (const std::size_t most : {1U, 7U, 1000U}) {
        for (std::size_t step = 1;; ++step) {
            going_out one;
            for (const std::string& body : bodies) BOOST_TEST(!one.push(body));
            kernel to;
            to.most = most;
            to.fails_at = step;
            if (const error_code error = one.write(to)) {
                ++failed;
                BOOST_TEST((error == asio::error::would_block));
                BOOST_TEST(one.out.outbox().queued() == all.size() - to.taken.size());
                one.out.give_up_block(one.pool);   // goes on in memory of its own
                BOOST_TEST(one.pool.lent() == 0U);
                BOOST_TEST(!one.push("and one that came meanwhile"));
                BOOST_TEST(!one.write(to));
                BOOST_TEST((to.taken == all + test::framed("and one that came meanwhile")));
            } else {
                BOOST_TEST((to.taken == all));
                break;
            }
        }
    }
    BOOST_TEST(failed > 3U * 4U);
}

BOOST_AUTO_TEST_CASE(while_somebody_waits_for_the_kernel_no_block_is_borrowed) {
    going_out one;
    BOOST_TEST(!one.push("first"));
    one.out.begin_wait();
    one.out.give_up_block(one.pool);
    BOOST_TEST(!one.push("second"));
    BOOST_TEST(one.pool.lent() == 0U);
    one.out.end_wait();
    kernel to;
    BOOST_TEST(!one.write(to));
    one.out.release(one.pool);
    BOOST_TEST(!one.push("third"));
    BOOST_TEST(one.pool.lent() == 1U);
}

BOOST_AUTO_TEST_CASE(a_frame_for_which_there_is_no_room_leaves_nothing_borrowed) {
    going_out one(100);
    BOOST_TEST((one.push(std::string(200, 'x')) == errc::too_long));
    BOOST_TEST((one.out.begin_first(200, one.pool, false) == nullptr));
    BOOST_TEST(one.pool.lent() == 0U);
    BOOST_TEST(!one.push(std::string(80, 'x')));
    BOOST_TEST((one.push(std::string(80, 'x')) == errc::outbox_full));
}

BOOST_AUTO_TEST_CASE(when_memory_is_gone_one_answer_more_than_the_allowance_is_taken_and_no_second) {
    going_out one;
    BOOST_TEST(!one.push(std::string(5000, 'x'), pressure::stop_growing));
    BOOST_TEST((one.push("x", pressure::stop_growing) == errc::outbox_full));
    BOOST_TEST(!one.push("x", pressure::pause_holders));
}

BOOST_AUTO_TEST_CASE(what_is_torn_stays_torn_and_what_is_closed_takes_nothing) {
    going_out one;
    BOOST_TEST(one.out.takes());
    one.out.close();
    BOOST_TEST((one.out.is() == outbound::state::closed));
    one.out.tear();
    one.out.close();
    BOOST_TEST((one.out.is() == outbound::state::torn));
    BOOST_TEST(!one.out.takes());
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_still_counts_as_unwritten) {
    going_out one;
    BOOST_TEST(!one.push("first"));
    BOOST_TEST(!one.push("second"));
    one.out.clear(one.pool);
    BOOST_TEST(one.out.outbox().empty());
    BOOST_TEST(one.out.outbox().unwritten() == 2U);
}

BOOST_AUTO_TEST_CASE(progress_is_what_has_reached_the_peer_and_not_what_our_kernel_took) {
    progress_window window;
    const time_point now = clock::now();
    BOOST_TEST((window.ends() == time_point::max()));
    window.begin(1000, 300, now + 30s);
    BOOST_TEST((window.ends() == now + 30s));
    BOOST_TEST(window.taken(1000, 300) == 0U);
    BOOST_TEST(window.taken(1500, 800) == 0U);   // all of it lies in the kernel
    BOOST_TEST(window.taken(1500, 750) == 50U);
    BOOST_TEST(window.taken(1000, 0) == 300U);
    BOOST_TEST(window.taken(1000, 301) == 0U);   // the end counts for one more
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
