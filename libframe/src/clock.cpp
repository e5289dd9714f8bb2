#include <hawser/io/clock.hpp>

#include <hawser/error.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <memory>

namespace hawser::io {

time_point clock::now() noexcept { return time_point(std::chrono::steady_clock::now().time_since_epoch()); }

task<void> sleep(duration how_long) {
    timer alarm(co_await this_executor, how_long);
    co_await alarm.async_wait(use_task);
}

task<bool> sleep(duration how_long, std::stop_token stop) {
    const executor here = co_await this_executor;
    const auto alarm = std::make_shared<timer>(here, how_long);   // shared with a cancellation that is still on its way
    const auto cancel = [here, alarm] { asio::post(here, [alarm] { alarm->cancel(); }); };
    const std::stop_callback on_stop(stop, cancel);
    error_code ignored;
    co_await alarm->async_wait(asio::redirect_error(use_task, ignored));
    co_return !stop.stop_requested();
}

}  // namespace hawser::io
