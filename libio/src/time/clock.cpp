#include <hawser/io/clock.hpp>

#include <hawser/io/event.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/post.hpp>

#include <memory>

namespace hawser::io {

namespace {

// No timer of Asio's: a wait for that takes memory, and without it the coroutine that would wait is destroyed.
struct alarm {
    explicit alarm(const executor& where)
        : woken(where), due(watchdog::of(where), calling<&event::notify>(woken)) {}

    event woken;
    deadline due;
    operation_memory stopping;   // of a stop that is on its way
};

}  // namespace

time_point clock::now() noexcept { return time_point(std::chrono::steady_clock::now().time_since_epoch()); }

task<void> sleep(duration how_long) {
    alarm set(co_await this_executor);
    set.due.move(after(clock::now(), how_long));
    while (!set.due.expired()) co_await set.woken.wait();
}

task<bool> sleep(duration how_long, std::stop_token stop) {
    const executor here = co_await this_executor;
    const auto set = std::make_shared<alarm>(here);   // shared with a stop that is still on its way
    set->due.move(after(clock::now(), how_long));
    const auto wake = [here, set] { asio::post(here, set->stopping.keep([set] { set->woken.notify(); })); };
    const std::stop_callback on_stop(stop, wake);
    while (!set->due.expired() && !stop.stop_requested()) co_await set->woken.wait();
    co_return !stop.stop_requested();
}

}  // namespace hawser::io
