// memory_guard: closes whoever holds most when the pool of memory is nearly used up.
//
//   const auto guard = std::make_shared<memory_guard>(workers, owner, pool);
//   guard->watch();                  // before the first connection; each worker's account draws from the pool
//
// Whichever thread notices starts a search: every worker names its largest holder, and the last to answer has the largest
// of all closed, on his own thread. One search at a time; while the pool stays full, another follows when the last one has
// had time to give back what he held.
#pragma once

#include "worker.hpp"

#include <hawser/io/memory_budget.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace hawser::server {

class memory_guard : public std::enable_shared_from_this<memory_guard> {
public:
    using crew = std::vector<std::unique_ptr<worker>>;

    /// `owner` keeps the workers, and is gone before them. Accounts may draw a little that they do not use: that comes
    /// on top of `pool`, out of what is planned for each thread.
    memory_guard(const crew& workers, std::weak_ptr<void> owner, std::size_t pool)
        : workers_(workers),
          owner_(std::move(owner)),
          pool_(std::make_shared<io::memory_budget>(pool + workers.size() * io::memory_account::slack)) {}

    /// On a thread that may use every worker's io_context: before they run.
    void watch();
    [[nodiscard]] const std::shared_ptr<io::memory_budget>& pool() const noexcept { return pool_; }
    [[nodiscard]] io::pressure level() const noexcept { return pool_->level(); }

    /// Memory is short: somebody has to let go of some. On any thread.
    void search();

private:
    void look_at(worker& where);
    void close_largest();
    void look_again_soon();

    const crew& workers_;
    std::weak_ptr<void> owner_;
    std::shared_ptr<io::memory_budget> pool_;
    std::atomic<bool> searching_{false};

    std::mutex mutex_;   // of what a search has found
    std::size_t to_answer_ = 0;
    worker* home_of_largest_ = nullptr;
    std::size_t largest_ = 0;
};

}  // namespace hawser::server
