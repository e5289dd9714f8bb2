// patience: how long something is waited for: until an instant comes, or a stop is requested from any thread.
//
//   const patience patient(here, until, stop, calling<&close_it>(socket));   // calls close_it(socket) when it is over
//   co_await socket.async_connect(...);
//   if (patient.over()) co_return patient.over();                    // connect_timeout or closed
//
// For dial and the look-up of hosts alone.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/post.hpp>

#include <memory>
#include <stop_token>

namespace hawser::inline v0::io {

class patience {
public:
    patience(const executor& here, time_point until, const std::stop_token& stop, callback when_over)
        : state_(std::make_shared<state>(when_over)),
          deadline_(watchdog::of(here), calling<&state::timed_out>(*state_)),
          on_stop_(stop, stopped{here, state_}) {
        deadline_.move(until);
    }
    patience(const patience&) = delete;
    patience& operator=(const patience&) = delete;
    ~patience() { state_->when_over = {}; }

    /// Why it is over; no error until then.
    [[nodiscard]] error_code over() const noexcept { return state_->why; }

private:
    // Shared with a stop that is still on its way.
    struct state {
        explicit state(callback tell) noexcept : when_over(tell) {}

        callback when_over;
        error_code why;
        operation_memory stopping;   // of a stop that is on its way: it cannot fail

        void end(error_code reason) noexcept {
            if (why || !when_over) return;
            why = reason;
            when_over();
        }
        void timed_out() noexcept { end(errc::connect_timeout); }
    };

    struct stopped {
        executor here;
        std::shared_ptr<state> what;
        void operator()() const {
            asio::post(here, what->stopping.keep([what = what] { what->end(errc::closed); }));
        }
    };

    std::shared_ptr<state> state_;
    deadline deadline_;
    std::stop_callback<stopped> on_stop_;
};

}   // namespace hawser::io
