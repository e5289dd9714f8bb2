// offload: work that blocks (a file, a database, a long computation) on threads of its own, so that the connections of
// this thread go on meanwhile.
//
//   const std::string text = co_await io::offload(read_the_file);        // runs elsewhere, comes back here
//
// Its result or its exception comes back to the task that asked, on its own executor. What the function touches it must
// own, or nobody else may touch it meanwhile. Each io_context has a pool of its own, made on first use: so many
// threads, so many functions under way; who comes after that waits in turn. An io_context does not run out of work
// while one is under way. When it is destroyed, functions that run are waited for, as they cannot be interrupted, and
// those that have not begun never do.
#pragma once

#include <hawser/io/task.hpp>
#include <hawser/io/waiting_line.hpp>

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::io {

/// The threads that offload() uses.
class offload_pool final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    /// Threads that mostly wait: enough that one slow disk does not hold up everything.
    static constexpr std::size_t default_threads = 4;
    /// Enough to keep them busy without a pause.
    static constexpr std::size_t default_under_way = 16;

    /// Made by of(); the context is an io_context.
    explicit offload_pool(asio::execution_context& context);
    [[nodiscard]] static offload_pool& of(const executor& where);   ///< that of this io_context

    /// Other bounds, before its first use. Precondition: neither is 0.
    void limit(std::size_t threads, std::size_t under_way) noexcept;
    /// From now on none begins; whether none runs any more. For whoever ends a program that would else wait for one: on
    /// any thread, once that of the io_context has ended.
    [[nodiscard]] bool has_ended() noexcept;
    /// Functions that run or wait for a thread.
    [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }

    /// Runs `job` on one of the threads; returns when it has returned. What it throws ends the program: see offload().
    [[nodiscard]] task<void> run(std::function<void()> job);

private:
    struct completion;
    void shutdown() override;
    void start(std::function<void()> job, std::shared_ptr<completion> done);

    waiting_line line_;
    std::optional<asio::thread_pool> threads_;
    std::size_t thread_count_ = default_threads;
    std::size_t most_under_way_ = default_under_way;
    std::size_t under_way_ = 0;
    std::atomic<std::size_t> running_{0};
};

/// offload() of what it has been given.
template <std::invocable Function>
[[nodiscard]] task<std::invoke_result_t<Function&>> call_elsewhere(Function function) {
    using outcome = std::invoke_result_t<Function&>;
    const auto work = std::make_shared<std::packaged_task<outcome()>>(std::move(function));
    std::future<outcome> done = work->get_future();
    std::function<void()> job = [work] { (*work)(); };
    offload_pool& pool = offload_pool::of(co_await this_executor);
    co_await pool.run(std::move(job));
    co_return done.get();
}

/// Calls `function` on the pool of this task's io_context and gives what it returned, or throws what it threw. A lambda
/// whose captures own memory is given by its name, and copied: see safe_to_await.
template <class Function>
    requires std::invocable<std::decay_t<Function>&>
[[nodiscard]] task<std::invoke_result_t<std::decay_t<Function>&>> offload(Function&& function) {
    static_assert(
        !is_task<std::invoke_result_t<std::decay_t<Function>&>>,
        "offload() calls a plain function on another thread, and this one returns an io::task: await that here");
    static_assert(
        safe_to_await<Function> || !std::copy_constructible<Function>,
        "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
    return call_elsewhere<std::decay_t<Function>>(std::forward<Function>(function));
}

}   // namespace hawser::io
