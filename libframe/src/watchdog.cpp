#include <hawser/io/watchdog.hpp>

namespace hawser::io {

watchdog::watchdog(asio::execution_context& context)
    : asio::execution_context::service(context), timer_(static_cast<asio::io_context&>(context).get_executor()) {}

watchdog& watchdog::of(const executor& where) { return asio::use_service<watchdog>(where.context()); }

void watchdog::shutdown() {
    shut_down_ = true;   // what is destroyed from now on still clears its deadlines here
    timer_.cancel();
}

void watchdog::next_changed() noexcept {
    if (!shut_down_) wait();
}

void watchdog::wait() {
    armed_for_ = next();
    if (armed_for_ == time_point::max()) {
        timer_.cancel();
        return;
    }
    timer_.expires_at(armed_for_);
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
        // A newer wait may have taken over after this one was already due.
        if (cancelled || clock::now() < armed_for_) return;
        armed_for_ = time_point::max();
        expire(clock::now());
        if (armed_for_ != next()) wait();
    });
}

}  // namespace hawser::io
