// group: coroutines that belong together and end together (Go's sync.WaitGroup and a context in one).
//
//   io::group children(executor);
//   children.spawn(pump(children.token()));
//   children.stop();                    // asks: the token says so
//   co_await children.join();           // all have ended; the first exception comes out here
//
// Invariant: whatever was spawned has ended when join() returns. A group must be joined before it is destroyed, unless
// its io_context is destroyed first. To be used on the thread of its executor only; a token from any, and so stop()
// once a token has been taken.
#pragma once

#include <hawser/io/event.hpp>
#include <hawser/io/spawn.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::io {

class group {
public:
    explicit group(const executor& where) : ended_(where), stop_(std::nostopstate) {}
    group(const group&) = delete;
    group& operator=(const group&) = delete;

    /// Starts a child on the group's executor: on its own thread inside this call, up to where the child first waits.
    /// Throws std::bad_alloc, and has then started nothing.
    void spawn(task<void> child);
    /// The same with what returns one: it is kept until the child has ended, so a lambda may capture.
    template <std::invocable Function>
    void spawn(Function child) {
        static_assert(std::same_as<std::invoke_result_t<Function&>, task<void>>,
                      "a group spawns an io::task<void>, or a function that returns one");
        spawn(keep(std::move(child)));
    }

    /// Counts something that is no coroutine (a posted function, say) as a child, from enter() to leave().
    void enter() noexcept { ++running_; }
    /// The child that enter() counted has ended.
    void leave() {
        if (--running_ == 0) ended_.notify();
    }

    /// Asks the children to end; those that look at token() do.
    void stop();
    /// Says when stop() was called. Valid as long as it is held.
    [[nodiscard]] std::stop_token token();

    /// Waits until every child has ended, those spawned meanwhile included; throws the first exception of a child.
    [[nodiscard]] task<void> join();

    [[nodiscard]] std::size_t running() const noexcept { return running_; }

private:
    template <class Function>
    [[nodiscard]] static task<void> keep(Function child) {
        task<void> begun = child();
        co_await std::move(begun);
    }
    void ended(std::exception_ptr error);

    event ended_;
    std::stop_source stop_;   // made when somebody first asks for a token
    std::size_t running_ = 0;
    std::exception_ptr first_error_;
};

}   // namespace hawser::io
