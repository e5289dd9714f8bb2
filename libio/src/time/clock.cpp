#include <hawser/io/clock.hpp>

#include <hawser/io/alarm.hpp>
#include <hawser/io/operation_memory.hpp>

#include <boost/asio/post.hpp>

#include <memory>

namespace hawser::inline v0::io {

namespace {

// No timer of Asio's: a wait for that takes memory, and without it the coroutine that would wait is destroyed.
struct sleeper {
    sleeper(const executor& where, time_point until) : woken(where), due(woken, until) {}

    event woken;
    alarm due;
    operation_memory stopping;   // of a stop that is on its way
};

}   // namespace

time_point clock::now() noexcept { return time_point(std::chrono::steady_clock::now().time_since_epoch()); }

task<void> sleep(duration how_long) {
    sleeper sleeps(co_await this_executor, after(clock::now(), how_long));
    while (!sleeps.due.expired()) co_await sleeps.woken.wait();
}

task<bool> sleep(duration how_long, std::stop_token stop) {
    const executor here = co_await this_executor;
    // Shared with a stop that is still on its way.
    const auto sleeps = std::make_shared<sleeper>(here, after(clock::now(), how_long));
    const auto wake = [here, sleeps] { asio::post(here, sleeps->stopping.keep([sleeps] { sleeps->woken.notify(); })); };
    const std::stop_callback on_stop(stop, wake);
    while (!sleeps->due.expired() && !stop.stop_requested()) co_await sleeps->woken.wait();
    co_return !stop.stop_requested();
}

}   // namespace hawser::io
