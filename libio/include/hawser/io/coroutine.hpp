// coroutine: what the coroutine of every task has in its frame; and chain: the coroutines that await each other, from
// the one that was spawned to the one that waits now.
//
// To be used through task.hpp and spawn.hpp. A coroutine that awaits another does not call it, and one that ends does
// not call who awaited it: each names who is to go on, and one loop at the bottom resumes whoever was named. So the
// stack does not grow with the chain, at any level of optimisation, as it would by symmetric transfer where the
// compiler makes no tail calls of it.
//
// Whoever waits for an event keeps the chain, and calls resume() when it has come. Whoever cannot, because its
// io_context ends, calls abandon(), and all frames of the chain are destroyed, innermost first.
// Invariant: between two calls of resume() exactly one such keeper exists, unless the chain has ended.
#pragma once

#include <hawser/io/asio.hpp>
#include <hawser/io/callback.hpp>
#include <hawser/io/moment.hpp>
#include <hawser/io/operation_memory.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <source_location>
#include <utility>

namespace hawser::inline v0::io {

namespace asio = boost::asio;

/// Where a connection and its coroutines run: one io_context, run by one thread.
using executor = asio::io_context::executor_type;

class chain;

/// What a task can await beside tasks and operations derives from it, and goes on by chain::resume(): a coroutine's
/// handle that was resumed by somebody else would be outside of its chain.
class awaiter {};

/// What the promises of all tasks have.
class coroutine {
public:
    /// Frames come from lists of the thread, and go back to them: nothing is allocated where coroutines come and
    /// go. Throws std::bad_alloc.
    static void* operator new(std::size_t size);
    static void operator delete(void* frame, std::size_t size) noexcept;   ///< back to them

    coroutine(const coroutine&) = delete;
    coroutine& operator=(const coroutine&) = delete;

    /// It waits at this place of the source from now on.
    void waits_at(const std::source_location& where) noexcept { where_ = where; }
    /// The chain that it is in, once it is awaited or spawned.
    [[nodiscard]] chain& in() const noexcept { return *chain_; }

protected:
    explicit coroutine(std::coroutine_handle<> self) noexcept : self_(self) {}
    ~coroutine() = default;

private:
    friend class chain;

    std::coroutine_handle<> self_;
    chain* chain_ = nullptr;
    coroutine* awaited_by_ = nullptr;   // null: the outermost
    std::source_location where_;        // one pointer
};

/// Coroutines that await each other. Not thread-safe: on the thread of its executor only.
class chain {
public:
    chain(const chain&) = delete;
    chain& operator=(const chain&) = delete;

    [[nodiscard]] const executor& home() const noexcept { return home_; }

    /// Where Asio keeps what is waited for: one thing at a time, and it lets go of it before
    /// that has come, or never will.
    [[nodiscard]] auto& memory() noexcept { return memory_; }

    /// What it waited for has come: goes on until it waits for something else, or has ended. May destroy this. Throws
    /// only what completed() throws.
    void resume() {
        next_ = innermost_->self_;
        go_on();
    }
    /// What it waited for will never come. Destroys its coroutines, and perhaps this.
    virtual void abandon() noexcept = 0;
    /// The same, from inside of it: as soon as whoever runs has suspended.
    void abandon_soon() noexcept { is_abandoned_ = true; }

    /// `outer`, which runs, awaits `inner`, which begins when `outer` has suspended.
    void await(coroutine& outer, coroutine& inner) noexcept {
        inner.chain_ = this;
        inner.awaited_by_ = &outer;
        innermost_ = &inner;
        next_ = inner.self_;
    }
    /// The innermost has come to its end, and suspended: who awaited it goes on.
    void leave() noexcept {
        innermost_ = innermost_->awaited_by_;
        if (innermost_ != nullptr) next_ = innermost_->self_;
    }

    /// Calls `then`, made with calling(), when the chain that runs on this thread now has suspended. False, and nothing
    /// done, if none runs, it is not at home there, or there is something already. Who runs its own io_context inside
    /// of a coroutine keeps that from being called.
    [[nodiscard]] static bool after_this(const executor& there, callback then) noexcept {
        if (running_ == nullptr || running_->then || running_->home != &there.context()) return false;
        running_->then = then;
        return true;
    }

    /// What Asio's operations look at to be cancelled; not connected unless whoever spawned it gave a slot.
    [[nodiscard]] virtual asio::cancellation_slot slot() const noexcept { return {}; }

    /// Calls `told(where)` for each coroutine, from the innermost outwards, with the place of the
    /// source at which it awaits.
    template <class Told>
    void visit(Told&& told) const {
        for (const coroutine* one = innermost_; one != nullptr; one = one->awaited_by_) told(one->where_);
    }
    /// Since when it waits, if it does.
    [[nodiscard]] moment waits_since() const noexcept { return waits_since_; }

protected:
    explicit chain(const executor& home) noexcept : home_(home) {}
    ~chain() = default;

    /// Begins with this one, the outermost.
    void start(coroutine& outermost) {
        outermost.chain_ = this;
        innermost_ = &outermost;
        waits_since_ = moment::now();
        resume();
    }
    /// The outermost has come to its end. May destroy this.
    virtual void completed() = 0;
    /// Its coroutines are being destroyed: nobody can be visited.
    void forget() noexcept { innermost_ = nullptr; }

private:
    void go_on() {
        round now{&home_.context()};
        round* const outer = std::exchange(running_, &now);
        while (const std::coroutine_handle<> next = std::exchange(next_, nullptr)) next.resume();
        running_ = outer;
        if (now.then) now.then();
        if (innermost_ == nullptr) completed();
        else if (is_abandoned_) abandon();
        else waits_since_ = moment::now();
    }

    // From a resumption until it has suspended.
    struct round {
        const asio::io_context* home;
        callback then = {};
    };
    static constinit thread_local round* running_;   // on this thread; null if none does

    executor home_;
    coroutine* innermost_ = nullptr;
    std::coroutine_handle<> next_;   // whom the loop is to resume
    bool is_abandoned_ = false;
    moment waits_since_;   // in what would be padding
    sized_operation_memory<88> memory_;
};

}   // namespace hawser::io
