// Coroutines in a test: run to their end, with a bound on the time.
//
//   asio::io_context context;
//   test::run(context, some_conversation(context.get_executor()));
//   test::expect_nothing_left(context);
//
// The bounds only end a test that hangs; nothing waits for them.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/task.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

namespace hawser::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Far more than any test takes, on a busy machine and under a sanitizer too.
inline constexpr io::duration long_enough = 20s;

/// Runs `context` until `work` has ended and throws what it threw; other things that run there are left as they are.
inline void run(asio::io_context& context, io::task<void> work) {
    struct outcome {
        bool ended = false;
        std::exception_ptr thrown;
    };
    const auto result = std::make_shared<outcome>();   // shared: the coroutine may outlive this call, if it hangs
    asio::co_spawn(context, std::move(work), [result](std::exception_ptr thrown) {
        result->ended = true;
        result->thrown = std::move(thrown);
    });
    context.restart();
    const auto give_up = std::chrono::steady_clock::now() + long_enough;
    while (!result->ended && context.run_one_until(give_up) > 0) {}
    if (result->thrown) std::rethrow_exception(result->thrown);
    if (!result->ended) throw std::runtime_error("the coroutine did not end");
}

/// Runs everything that can run now, without waiting for anything. What never stops running is a failure.
inline void settle(asio::io_context& context) {
    constexpr int most = 1'000'000;
    int count = 0;
    context.restart();
    while (count < most && context.poll_one() > 0) {
        ++count;
        context.restart();
    }
    BOOST_TEST(count < most, "it never settles");
}

/// Nothing runs on `context` any more, or it ends by itself very soon: no timer, no wait was left behind.
inline void expect_nothing_left(asio::io_context& context) {
    context.restart();
    context.run_for(long_enough);
    BOOST_TEST(context.stopped(), "something was left running");
}

/// Runs the given tasks at the same time, and ends with the last.
template <class... Tasks>
[[nodiscard]] io::task<void> together(Tasks... tasks) {
    const io::executor here = co_await asio::this_coro::executor;
    io::group all(here);
    (all.spawn(std::move(tasks)), ...);
    co_await all.join();
}

/// Lets everything else on this thread run once.
[[nodiscard]] inline io::task<void> yield() { return io::sleep(io::duration::zero()); }

}   // namespace hawser::test
