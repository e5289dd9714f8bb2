// task_chain: a chain and its outermost task, for whoever is the bottom of one: spawned tasks, and sessions.
//
// Whoever derives from it says what becomes of it when the task has completed, and when it is abandoned.
#pragma once

#include <hawser/io/task.hpp>

#include <cassert>
#include <utility>

namespace hawser::inline v0::io {

/// Owns its task.
template <class T>
class task_chain : public chain {
protected:
    explicit task_chain(const executor& home, task<T> outermost = {}) noexcept
        : chain(home), outermost_(std::move(outermost)) {}
    ~task_chain() = default;

    /// The task that it was given runs until it waits for something, or to its end.
    void start() {
        assert(outermost_.valid());
        if (outermost_.is_coroutine()) chain::start(outermost_.outermost());
        else completed();
    }
    void start(task<T> outermost) {   ///< the same with this one
        outermost_ = std::move(outermost);
        start();
    }
    /// What it returned or threw, once it has completed. Its frame goes.
    T take() {
        task<T> ended = std::move(outermost_);
        return ended.take();
    }
    /// Its frames go, and what is in them.
    void destroy_frames() noexcept {
        forget();
        const task<T> gone = std::move(outermost_);
    }

private:
    task<T> outermost_;
};

}   // namespace hawser::io
