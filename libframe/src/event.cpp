#include <hawser/io/event.hpp>

#include <boost/asio/redirect_error.hpp>

namespace hawser::io {

task<void> event::wait() {
    boost::system::error_code cancelled;   // always: that is how notify() wakes
    co_await never_.async_wait(asio::redirect_error(use_task, cancelled));
}

}  // namespace hawser::io
