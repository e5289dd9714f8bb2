// Tasks, and the chains of their awaits. What else a coroutine can wait for is in coroutine_test.cpp.
#include "support/run.hpp"

#include <hawser/error.hpp>
#include <hawser/io/call.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/run.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

task<int> one() { co_return 1; }

task<int> many(int count) {
    int sum = 0;
    for (int i = 0; i < count; ++i) sum += co_await one();
    co_return sum;
}

task<int> many_that_are_there(int count) {
    int sum = 0;
    for (int i = 0; i < count; ++i) sum += co_await task<int>::of(1);
    co_return sum;
}

task<int> nested(int depth) {
    if (depth == 0) {
        co_await test::yield();
        co_return 0;
    }
    const int below = co_await nested(depth - 1);
    co_return below + 1;
}

// Operations with a mind of their own.
template <class Token>
auto async_now(Token&& token) {
    return asio::async_initiate<Token, void(int)>([](auto handler) { std::move(handler)(42); }, token);
}
template <class Token>
auto async_without_memory(Token&& token) {
    return asio::async_initiate<Token, void(int)>([](auto /* handler */) { throw std::bad_alloc(); }, token);
}
template <class Token>
auto async_never(Token&& token) {
    return asio::async_initiate<Token, void(int)>([](auto /* handler */) {}, token);
}

task<int> many_now(int count) {
    int sum = 0;
    for (int i = 0; i < count; ++i) sum += co_await async_now(use_task);
    co_return sum;
}

task<bool> catches_bad_alloc() {
    try {
        static_cast<void>(co_await async_without_memory(use_task));
    } catch (const std::bad_alloc&) {
        co_return true;
    }
    co_return false;
}

// Says when it is destroyed.
struct grave {
    explicit grave(std::string& log, char name) : log_(log), name_(name) {}
    grave(const grave&) = delete;
    ~grave() { log_ += name_; }
    std::string& log_;
    char name_;
};

task<void> inner_for_ever(std::string& log) {
    const grave mine(log, 'i');
    static_cast<void>(co_await async_never(use_task));
    log += '!';
}

task<void> outer_for_ever(std::string& log) {
    const grave mine(log, 'o');
    co_await inner_for_ever(log);
    log += '!';
}

task<std::string> takes_what_cannot_be_copied() {
    std::unique_ptr<std::string> text = std::make_unique<std::string>("moved");
    co_return std::move(*text);
}

task<std::thread::id> where_it_runs() {
    co_await test::yield();
    co_return std::this_thread::get_id();
}

task<void> goes_elsewhere_and_comes_back(executor there, std::thread::id& was, std::thread::id& is) {
    was = co_await spawn(there, where_it_runs(), use_task);
    is = std::this_thread::get_id();
}

task<void> posts_to(asio::thread_pool& pool, std::thread::id& is) {
    co_await asio::post(pool, use_task);
    is = std::this_thread::get_id();
}

// Tasks and Asio's own, one in the other.
task<int> ours(int depth);

asio::awaitable<int> theirs(int depth) {
    if (depth == 0) throw std::runtime_error("the bottom");
    asio::steady_timer soon(co_await asio::this_coro::executor, 1ms);
    co_await soon.async_wait(asio::use_awaitable);
    const executor here = *(co_await asio::this_coro::executor).target<executor>();
    const int below = co_await spawn(here, ours(depth - 1), asio::use_awaitable);
    co_return below + 1;
}

task<int> ours(int depth) {
    if (depth == 0) co_return 0;
    const int below = co_await call(theirs(depth - 1));
    co_return below + 1;
}

// Refers to what its caller has, until its end.
task<void> child_of(const std::unique_ptr<std::string>& log) {
    struct reader {
        const std::unique_ptr<std::string>& of;
        explicit reader(const std::unique_ptr<std::string>& what) : of(what) {}
        ~reader() { BOOST_TEST(*of == "there"); }
    };
    const reader last(log);
    co_await sleep(1h);
}

task<void> parent_of_a_spawned_child() {
    const auto log = std::make_unique<std::string>("there");
    co_await spawn(co_await this_executor, child_of(log), use_task);
}

// Waits for a timer of its own, and then for what no slot reaches.
task<void> waits_for_a_timer_and_then_for(event& changed) {
    {
        asio::steady_timer soon(co_await this_executor, 1ms);
        co_await soon.async_wait(use_task);
    }
    co_await changed.wait();
}

// The chain that runs.
class this_chain : public awaiter {
public:
    explicit this_chain(chain*& found) : found_(&found) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <std::derived_from<coroutine> Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> self) const noexcept {
        *found_ = &self.promise().in();
        return false;
    }
    void await_resume() const noexcept {}

private:
    chain** found_;
};

task<void> waits_inside(event& changed, unsigned& line) {
    line = std::source_location::current().line() + 1;
    co_await changed.wait();
}

task<void> waits_outside(event& changed, chain*& found, unsigned& inner, unsigned& outer) {
    co_await this_chain(found);
    outer = std::source_location::current().line() + 1;
    co_await waits_inside(changed, inner);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(tasks)

BOOST_AUTO_TEST_CASE(a_million_awaits_of_what_does_not_wait_take_no_stack) {
    BOOST_TEST(run(many(1'000'000)) == 1'000'000);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_tasks_may_await_each_other) { BOOST_TEST(run(nested(100'000)) == 100'000); }

BOOST_AUTO_TEST_CASE(an_operation_may_complete_where_it_begins_a_million_times) {
    BOOST_TEST(run(many_now(1'000'000)) == 42'000'000);
}

BOOST_AUTO_TEST_CASE(what_cannot_begin_throws_where_it_is_awaited) { BOOST_TEST(run(catches_bad_alloc())); }

BOOST_AUTO_TEST_CASE(a_task_that_was_never_started_is_destroyed_with_what_it_was_given) {
    const auto given = std::make_shared<int>(1);
    const auto takes = [](std::shared_ptr<int> /* kept */) -> task<void> { co_return; };
    {
        const task<void> never = takes(given);
        BOOST_TEST(never.valid());
        BOOST_TEST(given.use_count() == 2);
    }
    BOOST_TEST(given.use_count() == 1);
    BOOST_TEST(!task<void>().valid());
}

BOOST_AUTO_TEST_CASE(a_task_may_be_a_value_that_is_there) {
    const std::unique_ptr<int> given = run(task<std::unique_ptr<int>>::of(std::make_unique<int>(42)));
    BOOST_TEST(*given == 42);
    task<int> moved_from = task<int>::of(1);
    const task<int> taken = std::move(moved_from);
    BOOST_TEST(taken.valid());
    BOOST_TEST(!moved_from.valid());
    BOOST_TEST(run(many_that_are_there(1'000'000)) == 1'000'000);
}

// Whatever it was and becomes: each assignment frees what was there.
BOOST_AUTO_TEST_CASE(a_task_may_become_another_kind_of_task) {
    using words = task<std::shared_ptr<int>>;
    const auto given = std::make_shared<int>(42);
    struct makes {
        static words a_coroutine(std::shared_ptr<int> value) { co_return value; }
    };
    const std::vector<std::function<words()>> kinds{[] { return words(); }, [] { return words::done(); },
                                                    [&] { return words::of(given); },
                                                    [&] { return makes::a_coroutine(given); }};
    for (const auto& before : kinds)
        for (const auto& after : kinds) {
            words one = before();
            one = after();
            BOOST_TEST(one.valid() == after().valid());
            words moved(std::move(one));
            BOOST_TEST(!one.valid());
            BOOST_TEST(moved.is_coroutine() == after().is_coroutine());
        }
    BOOST_TEST(given.use_count() == 1);
    BOOST_TEST(run(words::done()) == nullptr);
    BOOST_TEST(run(words::of(given)) == given);
    BOOST_TEST(run(task<hawser::result<void>>::done()).has_value());
    run(task<void>::done());
}

// An operation that forgets its handler, while it begins.
BOOST_AUTO_TEST_CASE(who_is_forgotten_is_destroyed_innermost_first) {
    asio::io_context context;
    std::string log;
    bool told = false;
    spawn(context, outer_for_ever(log), [&told](std::exception_ptr) { told = true; });
    test::expect_nothing_left(context);
    BOOST_TEST(log == "io");
    BOOST_TEST(!told);
}

BOOST_AUTO_TEST_CASE(a_value_is_moved_out) { BOOST_TEST(run(takes_what_cannot_be_copied()) == "moved"); }

BOOST_AUTO_TEST_CASE(a_task_spawned_elsewhere_runs_there_and_who_awaits_it_comes_back) {
    asio::io_context here, there;
    const auto stays = asio::make_work_guard(there);
    std::thread other([&there] { there.run(); });
    const std::thread::id others = other.get_id();
    std::thread::id was, is;
    test::run(here, goes_elsewhere_and_comes_back(there.get_executor(), was, is));
    BOOST_TEST((was == others));
    BOOST_TEST((is == std::this_thread::get_id()));
    there.stop();
    other.join();
}

BOOST_AUTO_TEST_CASE(an_operation_of_other_threads_completes_on_the_tasks_own) {
    asio::thread_pool pool(2);
    asio::io_context context;
    for (int count = 0; count < 100; ++count) {
        std::thread::id is;
        test::run(context, posts_to(pool, is));
        BOOST_TEST((is == std::this_thread::get_id()));
    }
    pool.join();
}

BOOST_AUTO_TEST_CASE(tasks_and_coroutines_of_asio_await_each_other_and_throw_through_each_other) {
    asio::io_context context;
    BOOST_TEST(run(context, ours(6)) == 6);
    context.restart();
    BOOST_CHECK_THROW(static_cast<void>(run(context, ours(5))), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_spawned_child_goes_before_who_awaits_it) {
    asio::io_context context;
    spawn(context, parent_of_a_spawned_child(), asio::detached);
    test::settle(context);
}

BOOST_AUTO_TEST_CASE(a_cancellation_after_the_operation_or_the_task_does_nothing) {
    asio::cancellation_signal cancel;
    asio::io_context context;
    event changed(context.get_executor());
    bool told = false;
    spawn(context, waits_for_a_timer_and_then_for(changed),
          asio::bind_cancellation_slot(cancel.slot(), [&told](std::exception_ptr) { told = true; }));
    context.run_for(20ms);
    cancel.emit(asio::cancellation_type::terminal);
    context.restart();
    changed.notify();
    test::expect_nothing_left(context);
    BOOST_TEST(told);
    cancel.emit(asio::cancellation_type::terminal);
    std::string log;
    spawn(context, outer_for_ever(log), asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
    test::expect_nothing_left(context);
    BOOST_TEST(log == "io");
    cancel.emit(asio::cancellation_type::terminal);
}

BOOST_AUTO_TEST_CASE(a_function_that_returns_a_task_is_spawned_too) {
    asio::io_context context;
    const std::string captured = "kept";
    std::future<std::string> got = asio::co_spawn(
        context, [captured]() { return task<std::string>::of(captured); }, asio::use_future);
    test::expect_nothing_left(context);
    BOOST_TEST(got.get() == "kept");
}

BOOST_AUTO_TEST_CASE(a_chain_says_where_it_waits) {
    asio::io_context context;
    event changed(context.get_executor());
    chain* found = nullptr;
    unsigned inner = 0, outer = 0;
    spawn(context, waits_outside(changed, found, inner, outer), asio::detached);
    test::settle(context);
    BOOST_TEST_REQUIRE(found != nullptr);
    std::vector<std::source_location> places;
    found->visit([&places](const std::source_location& where) { places.push_back(where); });
    BOOST_TEST_REQUIRE(places.size() == 3U);   // event::wait() is the innermost
    BOOST_TEST(std::string_view(places[0].file_name()).ends_with("event.cpp"));
    BOOST_TEST(places[1].line() == inner);
    BOOST_TEST(places[2].line() == outer);
    BOOST_TEST(places[2].file_name() == std::string_view(__FILE__));
    changed.notify();
    test::expect_nothing_left(context);
}

// The strand keeps the handler, and itself as the work of the pool: two operations at once.
BOOST_AUTO_TEST_CASE(whoever_is_told_on_a_strand_of_a_pool_is_told) {
    asio::thread_pool pool(1);
    asio::io_context context;
    for (int round = 0; round < 100; ++round) {
        std::promise<int> told;
        spawn(context, one(), asio::bind_executor(asio::make_strand(pool), [&told](const std::exception_ptr&, int got) {
                  told.set_value(got);
              }));
        context.restart();
        context.run();
        BOOST_TEST(told.get_future().get() == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
