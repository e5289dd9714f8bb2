#include "support/print.hpp"
#include "support/run.hpp"

#include <hawser/io/offload.hpp>
#include <hawser/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

std::thread::id where_it_runs() { return std::this_thread::get_id(); }

int fails() { throw std::runtime_error("the disk is full"); }

// A function that blocks until it is let go, and what is known of those that do.
struct gate {
    std::counting_semaphore<> open{0};
    std::atomic<int> inside = 0;
    std::atomic<int> most_inside = 0;
    std::atomic<int> passed = 0;

    void pass() {
        const int now = ++inside;
        int most = most_inside;
        while (most < now && !most_inside.compare_exchange_weak(most, now)) {}
        open.acquire();
        --inside;
        ++passed;
    }
};

task<void> passes(gate& through) {
    const auto work = [&through] { through.pass(); };
    co_await offload(work);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(offloading)

BOOST_AUTO_TEST_CASE(a_function_runs_on_another_thread_and_its_result_comes_back_to_this_one) {
    struct asks {
        static task<void> where() {
            const std::thread::id there = co_await offload(where_it_runs);
            BOOST_TEST((there != std::this_thread::get_id()));
            const auto only_movable = co_await offload([] { return std::make_unique<int>(7); });
            BOOST_TEST(*only_movable == 7);
        }
    };
    const std::thread::id here = std::this_thread::get_id();
    asio::io_context context;
    test::run(context, asks::where());
    BOOST_TEST((here == std::this_thread::get_id()));
    test::expect_nothing_left(context);
    BOOST_TEST(offload_pool::of(context.get_executor()).under_way() == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_function_throws_is_thrown_at_the_caller) {
    BOOST_CHECK_EXCEPTION(run(offload(fails)), std::runtime_error, [](const std::runtime_error& error) {
        return error.what() == std::string("the disk is full");
    });
}

BOOST_AUTO_TEST_CASE(others_go_on_while_a_function_blocks) {
    asio::io_context context;
    gate blocked;
    group working(context.get_executor());
    working.spawn(passes(blocked));
    test::run(context, sleep(2ms));   // a timer of this thread
    BOOST_TEST(working.running() == 1U);
    blocked.open.release();
    test::run(context, working.join());
    BOOST_TEST(blocked.passed == 1);
}

BOOST_AUTO_TEST_CASE(no_more_run_at_once_than_there_are_threads_and_all_have_their_turn) {
    asio::io_context context;
    offload_pool& pool = offload_pool::of(context.get_executor());
    pool.limit(2, 3);
    gate slow;
    group working(context.get_executor());
    for (int count = 0; count < 20; ++count) working.spawn(passes(slow));
    test::settle(context);
    BOOST_TEST(pool.under_way() == 3U);   // two run, one waits for a thread, and the rest in their coroutines
    slow.open.release(20);
    test::run(context, working.join());
    BOOST_TEST(slow.passed == 20);
    BOOST_TEST(slow.most_inside <= 2);
    BOOST_TEST(pool.under_way() == 0U);
}

BOOST_AUTO_TEST_CASE(a_context_does_not_run_out_of_work_while_a_function_runs) {
    asio::io_context context;
    gate blocked;
    bool is_over = false;
    struct works {
        static task<void> in(gate& through, bool& over) {
            co_await passes(through);
            over = true;
        }
    };
    asio::co_spawn(context, works::in(blocked, is_over), [](std::exception_ptr) {});
    std::jthread opens([&blocked] {
        std::this_thread::sleep_for(5ms);
        blocked.open.release();
    });
    context.run();
    BOOST_TEST(is_over);
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_waits_for_what_runs_and_drops_what_has_not_begun) {
    gate blocked;
    std::jthread opens;
    {
        asio::io_context context;
        offload_pool::of(context.get_executor()).limit(1, 3);
        for (int count = 0; count < 5; ++count) asio::co_spawn(context, passes(blocked), [](std::exception_ptr) {});
        test::settle(context);
        while (blocked.inside == 0) std::this_thread::yield();   // the thread has begun with the first
        opens = std::jthread([&blocked] {
            std::this_thread::sleep_for(10ms);
            blocked.open.release(5);
        });
    }
    BOOST_TEST(blocked.passed >= 1);
    BOOST_TEST(blocked.passed < 5);
    BOOST_TEST(blocked.inside == 0);
}

BOOST_AUTO_TEST_CASE(every_context_has_threads_of_its_own) {
    asio::io_context one, other;
    BOOST_TEST(&offload_pool::of(one.get_executor()) != &offload_pool::of(other.get_executor()));
    std::set<std::thread::id> threads;
    struct asks {
        static task<void> where(std::set<std::thread::id>& into) { into.insert(co_await offload(where_it_runs)); }
    };
    test::run(one, asks::where(threads));
    test::run(other, asks::where(threads));
    BOOST_TEST(threads.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
