// Go's tools: a bounded channel, a select, a lock across a co_await.
#include "support/print.hpp"
#include "support/run.hpp"

#include <hawser/io/queue.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using test::together;

task<void> pushes(queue<int>& to, int first, int last) {
    for (int value = first; value <= last; ++value) {
        const error_code error = co_await to.push(value);
        BOOST_TEST(!error, error.message());
    }
}

task<void> pushes_and_closes(queue<int>& to, int first, int last) {
    co_await pushes(to, first, last);
    to.close();
}

// Go's for v := range channel.
task<void> pops_all(queue<int>& from, std::vector<int>& into) {
    while (const result<int> value = co_await from.pop()) into.push_back(*value);
}

task<void> pops_one(queue<int>& from, std::vector<int>& into) {
    const result<int> value = co_await from.pop();
    into.push_back(value ? *value : -1);
    if (!value) BOOST_TEST(value.error() == errc::closed);
}

task<void> pushes_into(queue<int>& to, int value, error_code& outcome) { outcome = co_await to.push(value); }

struct fixture {
    asio::io_context context;
    executor here = context.get_executor();
    std::vector<int> got;
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(queues, fixture)

BOOST_AUTO_TEST_CASE(values_come_out_in_the_order_in_which_they_went_in) {
    for (const std::size_t capacity : {1U, 2U, 7U}) {
        queue<int> channel(here, capacity);
        got.clear();
        test::run(context, together(pushes_and_closes(channel, 1, 100), pops_all(channel, got)));
        BOOST_TEST_REQUIRE(got.size() == 100U);
        for (int value = 1; value <= 100; ++value) BOOST_TEST(got[static_cast<std::size_t>(value - 1)] == value);
    }
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(a_push_waits_while_the_queue_is_full_and_a_pop_while_it_is_empty) {
    queue<int> channel(here, 2);
    group pushing(here);
    pushing.spawn(pushes(channel, 1, 3));
    test::settle(context);
    BOOST_TEST(channel.size() == 2U);
    BOOST_TEST(pushing.running() == 1U);
    BOOST_TEST((channel.try_pop() == 1));
    test::run(context, pushing.join());
    BOOST_TEST((channel.try_pop() == 2));
    BOOST_TEST((channel.try_pop() == 3));
    BOOST_TEST(!channel.try_pop().has_value());
    group popping(here);
    popping.spawn(pops_one(channel, got));
    test::settle(context);
    BOOST_TEST(popping.running() == 1U);
    BOOST_TEST(channel.try_push(4));
    test::run(context, popping.join());
    BOOST_TEST((got == std::vector{4}));
}

BOOST_AUTO_TEST_CASE(after_close_what_is_in_it_comes_out_and_then_closed) {
    queue<int> channel(here, 3);
    test::run(context, pushes(channel, 1, 3));
    channel.close();
    channel.close();
    BOOST_TEST(channel.is_closed());
    BOOST_TEST(!channel.try_push(4));
    error_code refused;
    test::run(context, pushes_into(channel, 4, refused));
    BOOST_TEST(refused == errc::closed);
    for (int count = 0; count < 4; ++count) test::run(context, pops_one(channel, got));
    BOOST_TEST((got == std::vector{1, 2, 3, -1}));
}

BOOST_AUTO_TEST_CASE(close_wakes_everyone_who_waits) {
    queue<int> empty(here, 1), full(here, 1);
    BOOST_TEST(full.try_push(7));
    group waiting(here);
    std::vector<error_code> refused(3);
    for (error_code& each : refused) {
        waiting.spawn(pushes_into(full, 8, each));
        waiting.spawn(pops_one(empty, got));
    }
    test::settle(context);
    BOOST_TEST(waiting.running() == 6U);
    empty.close();
    full.close();
    test::run(context, waiting.join());
    for (const error_code& each : refused) BOOST_TEST(each == errc::closed);
    BOOST_TEST((got == std::vector{-1, -1, -1}));
    BOOST_TEST((full.try_pop() == 7));
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(values_that_are_there_when_it_closes_go_to_those_who_wait) {
    queue<int> channel(here, 3);
    group waiting(here);
    for (int count = 0; count < 4; ++count) waiting.spawn(pops_one(channel, got));
    test::settle(context);
    for (const int value : {1, 2, 3}) BOOST_TEST(channel.try_push(int(value)));
    channel.close();
    test::run(context, waiting.join());
    BOOST_TEST((got == std::vector{1, 2, 3, -1}));
}

BOOST_AUTO_TEST_CASE(who_waits_longest_is_served_first_and_nobody_overtakes) {
    queue<int> channel(here, 1);
    BOOST_TEST(channel.try_push(0));
    group pushing(here);
    for (const int value : {1, 2, 3}) pushing.spawn(pushes(channel, value, value));
    test::settle(context);
    BOOST_TEST((channel.try_pop() == 0));
    BOOST_TEST(!channel.try_push(9), "there is room, but others wait for it");
    for (const int value : {1, 2, 3}) {
        test::settle(context);
        BOOST_TEST((channel.try_pop() == value));
    }
    test::run(context, pushing.join());
}

BOOST_AUTO_TEST_CASE(a_value_that_is_not_taken_stays_where_it_is) {
    queue<std::unique_ptr<int>> channel(here, 1);
    BOOST_TEST(channel.try_push(std::make_unique<int>(1)));
    auto second = std::make_unique<int>(2);
    BOOST_TEST(!channel.try_push(std::move(second)));
    BOOST_TEST_REQUIRE(second != nullptr);
    BOOST_TEST(**channel.try_pop() == 1);
    BOOST_TEST(channel.try_push(std::move(second)));
    BOOST_TEST(**channel.try_pop() == 2);
}

BOOST_AUTO_TEST_CASE(waiting_ends_at_its_instant) {
    struct waits {
        static task<void> until(queue<int>& channel, time_point at) {
            const result<int> none = co_await channel.pop(at);
            BOOST_TEST((none.error() == errc::read_timeout));
            BOOST_TEST(channel.try_push(1));
            const error_code full = co_await channel.push(2, clock::now() + 2ms);
            BOOST_TEST(full == errc::write_timeout);
            const result<int> there = co_await channel.pop(clock::now() - 1h);   // nothing to wait for
            BOOST_TEST(there.value() == 1);
        }
    };
    queue<int> channel(here, 1);
    const time_point at = clock::now() + 2ms;
    test::run(context, waits::until(channel, at));
    BOOST_TEST((clock::now() >= at));
    BOOST_TEST(channel.size() == 0U);
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(who_gives_up_does_not_keep_others_waiting) {
    struct waits {
        static task<void> shortly(queue<int>& channel, error_code& outcome) {
            outcome = co_await channel.push(1, clock::now() + 2ms);
        }
    };
    queue<int> channel(here, 1);
    BOOST_TEST(channel.try_push(0));
    error_code gave_up;
    group pushing(here);
    pushing.spawn(waits::shortly(channel, gave_up));
    pushing.spawn(pushes(channel, 2, 2));
    while (!gave_up) context.run_one_for(1s);
    BOOST_TEST(gave_up == errc::write_timeout);
    BOOST_TEST((channel.try_pop() == 0));
    test::run(context, pushing.join());
    BOOST_TEST((channel.try_pop() == 2));
}

// Go's select { case n := <-numbers: ... case s := <-words: ... case <-time.After(...): ... }

using anything = std::variant<int, std::string>;

task<void> sends_number(queue<anything>& to) {
    const error_code error = co_await to.push(42);
    BOOST_TEST(!error);
}

task<void> sends_word(queue<anything>& to) {
    co_await test::yield();
    const error_code error = co_await to.push(std::string("word"));
    BOOST_TEST(!error);
}

task<void> selects(queue<anything>& from, std::string& log) {
    for (;;) {
        const result<anything> first = co_await from.pop(clock::now() +
                                                         250ms);   // both come in time on a busy machine too
        if (!first) {
            log += first.error() == errc::read_timeout ? "late" : "closed";
            co_return;
        }
        if (const auto* number = std::get_if<int>(&*first)) log += std::to_string(*number) + ' ';
        if (const auto* word = std::get_if<std::string>(&*first)) log += *word + ' ';
    }
}

BOOST_AUTO_TEST_CASE(a_select_is_a_queue_of_what_can_happen) {
    queue<anything> happened(here, 4);
    std::string log;
    test::run(context, together(selects(happened, log), sends_number(happened), sends_word(happened)));
    BOOST_TEST(log == "42 word late");
}

task<void> locks(queue<std::monostate>& lock, std::string& log, char name) {
    const error_code taken = co_await lock.push({});
    BOOST_TEST(!taken);
    log += name;
    co_await test::yield();   // others run, but not in here
    log += name;
    BOOST_TEST(lock.try_pop().has_value());
}

BOOST_AUTO_TEST_CASE(a_queue_of_one_is_a_lock_across_a_co_await) {
    queue<std::monostate> lock(here, 1);
    std::string log;
    test::run(context, together(locks(lock, log, 'a'), locks(lock, log, 'b'), locks(lock, log, 'c')));
    BOOST_TEST(log == "aabbcc");
}

BOOST_AUTO_TEST_CASE(those_who_wait_may_go_down_with_the_context) {
    struct waits {
        static task<void> forever(std::shared_ptr<queue<int>> channel) { static_cast<void>(co_await channel->pop()); }
    };
    asio::io_context other;
    const auto channel = std::make_shared<queue<int>>(other.get_executor(), 1);
    asio::co_spawn(other, waits::forever(channel), [](std::exception_ptr) {});
    test::settle(other);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
