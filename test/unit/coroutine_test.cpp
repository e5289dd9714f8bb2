#include "support/run.hpp"

#include <hawser/io/call.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/run.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

task<void> wait_for(event& changed, const bool& ready, std::string& log, char name) {
    while (!ready) co_await changed.wait();
    log += name;
}

task<void> wait_once(event& changed, std::string& log, char name) {
    co_await changed.wait();
    log += name;
}

task<void> write_down(std::string& log, char name) {
    log += name;
    co_return;
}

task<void> fail_with(std::string text) {
    co_await test::yield();
    throw std::runtime_error(text);
}

task<void> until_stopped(std::stop_token stop, std::string& log) {
    while (!stop.stop_requested()) co_await sleep(1ms);
    log += 's';
}

task<void> sleep_until_stopped(duration how_long, std::stop_token stop, bool& over) {
    over = co_await sleep(how_long, stop);
}

task<void> spawn_then_log(group& children, std::string& log) {
    co_await test::yield();
    children.spawn(write_down(log, 'b'));
    co_await test::yield();
    log += 'a';
}

}   // namespace

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE(notify_wakes_everyone_who_waits_and_nobody_inside_the_call) {
    asio::io_context context;
    event changed(context.get_executor());
    bool ready = false;
    std::string log;
    group waiters(context.get_executor());
    for (const char name : {'a', 'b', 'c'}) waiters.spawn(wait_for(changed, ready, log, name));
    test::settle(context);
    BOOST_TEST(log == "");
    ready = true;
    changed.notify();
    BOOST_TEST(log == "");
    test::run(context, waiters.join());
    BOOST_TEST(log == "abc");
}

BOOST_AUTO_TEST_CASE(a_notify_that_came_before_the_wait_does_not_count) {
    asio::io_context context;
    event changed(context.get_executor());
    std::string log;
    changed.notify();
    group waiters(context.get_executor());
    waiters.spawn(wait_once(changed, log, 'x'));
    test::settle(context);
    BOOST_TEST(log == "");
    changed.notify();
    test::run(context, waiters.join());
    BOOST_TEST(log == "x");
}

BOOST_AUTO_TEST_CASE(an_event_can_be_waited_for_again) {
    asio::io_context context;
    event changed(context.get_executor());
    std::string log;
    for (const char name : {'1', '2', '3'}) {
        group waiters(context.get_executor());
        waiters.spawn(wait_once(changed, log, name));
        test::settle(context);
        changed.notify();
        test::run(context, waiters.join());
    }
    BOOST_TEST(log == "123");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(groups)

BOOST_AUTO_TEST_CASE(join_returns_when_every_child_has_ended) {
    asio::io_context context;
    event changed(context.get_executor());
    bool ready = false;
    std::string log;
    group children(context.get_executor());
    children.spawn(wait_for(changed, ready, log, 'a'));
    children.spawn(write_down(log, 'b'));
    test::settle(context);
    BOOST_TEST(log == "b");
    BOOST_TEST(children.running() == 1U);
    ready = true;
    changed.notify();
    test::run(context, children.join());
    BOOST_TEST(log == "ba");
    BOOST_TEST(children.running() == 0U);
}

BOOST_AUTO_TEST_CASE(joining_nobody_returns_at_once) {
    asio::io_context context;
    group none(context.get_executor());
    test::run(context, none.join());
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(the_first_exception_comes_out_after_all_have_ended_and_only_once) {
    asio::io_context context;
    std::string log;
    group children(context.get_executor());
    children.spawn(fail_with("first"));
    children.spawn(fail_with("second"));
    children.spawn(until_stopped(children.token(), log));
    test::settle(context);
    children.stop();
    BOOST_CHECK_EXCEPTION(test::run(context, children.join()), std::runtime_error,
                          [](const std::runtime_error& error) { return error.what() == std::string("first"); });
    BOOST_TEST(log == "s");
    test::run(context, children.join());
}

BOOST_AUTO_TEST_CASE(a_token_says_when_it_was_stopped_also_one_asked_for_later) {
    asio::io_context context;
    group children(context.get_executor());
    const std::stop_token early = children.token();
    BOOST_TEST(!early.stop_requested());
    children.stop();
    BOOST_TEST(early.stop_requested());
    BOOST_TEST(children.token().stop_requested());
    group never_asked(context.get_executor());
    never_asked.stop();
    BOOST_TEST(never_asked.token().stop_requested());
}

BOOST_AUTO_TEST_CASE(a_token_outlives_its_group) {
    asio::io_context context;
    std::stop_token kept;
    {
        group children(context.get_executor());
        kept = children.token();
    }
    BOOST_TEST(!kept.stop_requested());
}

BOOST_AUTO_TEST_CASE(a_child_spawned_while_joining_is_waited_for_too) {
    asio::io_context context;
    std::string log;
    group children(context.get_executor());
    children.spawn(spawn_then_log(children, log));
    test::run(context, children.join());
    BOOST_TEST(log == "ba");
}

BOOST_AUTO_TEST_CASE(a_child_runs_on_the_executor_and_on_its_own_thread_at_once) {
    asio::io_context context;
    std::string log;
    group children(context.get_executor());
    children.spawn(write_down(log, 'a'));
    BOOST_TEST(log == "");   // nobody runs the context yet
    asio::post(context, [&children, &log] {
        children.spawn(write_down(log, 'b'));
        log += '|';
    });
    test::settle(context);
    BOOST_TEST(log == "ab|");
    test::run(context, children.join());
}

BOOST_AUTO_TEST_CASE(what_is_no_coroutine_can_be_counted_as_a_child) {
    asio::io_context context;
    bool left = false;
    group children(context.get_executor());
    children.enter();
    asio::post(context, [&children, &left] {
        left = true;
        children.leave();
    });
    test::run(context, children.join());
    BOOST_TEST(left);
}

BOOST_AUTO_TEST_CASE(a_group_that_goes_down_with_its_context_does_no_harm) {
    asio::io_context context;
    const auto changed = std::make_shared<event>(context.get_executor());
    group children(context.get_executor());
    std::string log;
    const bool ready = false;
    children.spawn(wait_for(*changed, ready, log, 'a'));
    test::settle(context);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

asio::awaitable<int> plain(int value) {
    asio::steady_timer soon(co_await asio::this_coro::executor, 1ms);
    co_await soon.async_wait(asio::use_awaitable);
    if (value < 0) throw std::runtime_error("negative");
    co_return value * 2;
}

asio::awaitable<void> plain_thread(std::thread::id& where) {
    where = std::this_thread::get_id();
    co_return;
}

task<void> calls_plain(int value, int& answer) {
    const int doubled = co_await call(plain(value));
    answer = doubled;
}

task<int> doubled_later(int value) {
    co_await test::yield();
    co_return 2 * value;
}

task<void> calls_plain_void(std::thread::id& where) { co_await call(plain_thread(where)); }

}   // namespace

BOOST_AUTO_TEST_SUITE(calls)

BOOST_AUTO_TEST_CASE(a_plain_awaitable_is_awaited_in_a_task) {
    asio::io_context context;
    int answer = 0;
    test::run(context, calls_plain(21, answer));
    BOOST_TEST(answer == 42);
    std::thread::id where;
    test::run(context, calls_plain_void(where));
    BOOST_TEST((where == std::this_thread::get_id()));
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(what_a_plain_awaitable_throws_is_thrown_at_the_call) {
    asio::io_context context;
    int answer = 0;
    BOOST_CHECK_EXCEPTION(test::run(context, calls_plain(-1, answer)), std::runtime_error,
                          [](const std::runtime_error& error) { return error.what() == std::string("negative"); });
}

BOOST_AUTO_TEST_CASE(an_instant_after_the_end_of_time_is_the_end_of_time) {
    const time_point now = clock::now();
    BOOST_TEST((after(now, 5s) == now + 5s));
    BOOST_TEST((after(now, -5s) == now - 5s));
    BOOST_TEST((after(now, duration::max()) == time_point::max()));
    BOOST_TEST((after(time_point::max(), 1ns) == time_point::max()));
}

BOOST_AUTO_TEST_CASE(a_program_runs_a_task_to_its_end_and_gets_what_it_gave_or_threw) {
    BOOST_TEST(run(doubled_later(21)) == 42);
    BOOST_CHECK_THROW(run(fail_with("thrown")), std::runtime_error);
    asio::io_context context;
    std::string log;
    group others(context.get_executor());
    others.spawn(write_down(log, 'o'));
    BOOST_TEST(run(context, doubled_later(4)) == 8);
    BOOST_TEST(log == "o");   // all else that waits there has run too
}

BOOST_AUTO_TEST_CASE(sleep_lasts_at_least_as_long_as_it_says) {
    asio::io_context context;
    const time_point start = clock::now();
    test::run(context, sleep(5ms));
    BOOST_TEST((clock::now() >= start + 5ms));
    test::run(context, sleep(duration::zero()));
    test::run(context, sleep(-1s));
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(a_sleep_with_a_stop_token_says_whether_the_time_is_over_or_it_was_stopped) {
    asio::io_context context;
    bool over = false;
    std::stop_source stop;
    test::run(context, sleep_until_stopped(1ms, stop.get_token(), over));
    BOOST_TEST(over);

    group asleep(context.get_executor());
    asleep.spawn(sleep_until_stopped(1h, stop.get_token(), over));
    test::settle(context);
    BOOST_TEST(asleep.running() == 1U);
    stop.request_stop();
    test::run(context, asleep.join());
    BOOST_TEST(!over);

    over = true;
    test::run(context, sleep_until_stopped(1h, stop.get_token(), over));   // was stopped before
    BOOST_TEST(!over);
    test::run(context, sleep_until_stopped(duration::zero(), std::stop_token(), over));   // nobody can stop this one
    BOOST_TEST(over);
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(sleeps_are_stopped_from_another_thread) {
    for (int round = 0; round < 200; ++round) {
        asio::io_context context;
        std::stop_source stop;
        bool over = true;
        group asleep(context.get_executor());
        asleep.spawn(sleep_until_stopped(1h, stop.get_token(), over));
        std::thread other([&stop] { stop.request_stop(); });
        test::run(context, asleep.join());
        other.join();
        BOOST_TEST(!over);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
