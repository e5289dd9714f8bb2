#include <hawser/io/clock.hpp>

namespace hawser::io {

time_point clock::now() noexcept { return time_point(std::chrono::steady_clock::now().time_since_epoch()); }

task<void> sleep(duration how_long) {
    timer alarm(co_await this_executor, how_long);
    co_await alarm.async_wait(use_task);
}

}  // namespace hawser::io
