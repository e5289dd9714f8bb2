// event: a condition variable for the coroutines of one io_context.
//
//   while (!ready) co_await changed.wait();      // as with any condition variable, look again after waking
//   ready = true; changed.notify();
//
// To be used on the thread of its executor only. Invariant: nothing is allocated after a coroutine has begun to wait,
// so waking cannot fail, and neither can waiting (see operation_memory.hpp for why it must not).
#pragma once

#include <hawser/io/clock.hpp>

#include <boost/intrusive/list.hpp>

namespace hawser::inline v0::io {

class event {
public:
    explicit event(const executor& where) noexcept;
    event(const event&) = delete;
    event& operator=(const event&) = delete;
    /// Wakes everyone.
    ~event();

    /// Suspends until the next notify(). One that came before this call does not count. Throws
    /// std::bad_alloc before it waits.
    [[nodiscard]] task<void> wait();

    /// Wakes everyone who waits now, each through its executor: nobody runs inside this call.
    void notify() noexcept;

    [[nodiscard]] executor get_executor() const noexcept { return where_; }

private:
    class waiter;
    class awaiting;
    class parking;
    using hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

    executor where_;
    boost::intrusive::list<waiter, boost::intrusive::base_hook<hook>, boost::intrusive::constant_time_size<false>>
        waiters_;
};

}   // namespace hawser::io
