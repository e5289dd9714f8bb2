#include <hawser/io/watchdog.hpp>

namespace hawser::inline v0::io {

// The first wait takes the one place that the timer needs in Asio's queue. From then on nothing here can fail.
watchdog::watchdog(asio::execution_context& context)
    : asio::execution_context::service(context), timer_(static_cast<asio::io_context&>(context).get_executor()) {
    wait_until(time_point::max());
    timer_.cancel();
}

watchdog& watchdog::of(const executor& where) { return asio::use_service<watchdog>(where.context()); }

void watchdog::shutdown() {
    shut_down_ = true;   // what is destroyed from now on still clears its deadlines here
    timer_.cancel();
}

// One wait at a time. If it is the wrong one, it is broken off, and the right one begins when it has ended.
void watchdog::next_changed() noexcept {
    if (shut_down_) return;
    const time_point due = next();
    if (!waiting_ && due != time_point::max()) wait_until(due);
    else if (waiting_ && due != armed_for_) timer_.cancel();
}

void watchdog::wait_until(time_point due) {
    waiting_ = true;
    armed_for_ = due;
    timer_.expires_at(due);
    timer_.async_wait(memory_.keep([this](const boost::system::error_code&) {
        waiting_ = false;
        expire(clock::now());
        next_changed();
    }));
}

}   // namespace hawser::io
