// event: a condition variable for the coroutines of one io_context.
//
//   while (!ready) co_await changed.wait();      // as with any condition variable, look again after waking
//   ready = true; changed.notify();
//
// To be used on the thread of its executor only.
#pragma once

#include <hawser/io/clock.hpp>

namespace hawser::io {

class event {
public:
    // A timer that never comes, and that notify() cancels: Asio's own way to park a coroutine.
    explicit event(const executor& where) : never_(where, time_point::max()) {}

    /// Suspends until the next notify(). One that came before this call does not count.
    [[nodiscard]] task<void> wait();

    /// Wakes everyone who waits now, each through its executor: nobody runs inside this call.
    void notify() { never_.cancel(); }

    [[nodiscard]] executor get_executor() noexcept { return never_.get_executor(); }

private:
    timer never_;
};

}  // namespace hawser::io
