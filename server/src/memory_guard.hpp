// memory_guard: has every thread take memory back from its sessions while the pool is short of it.
//
//   const auto guard = std::make_shared<memory_guard>(workers, owner, pool);
//   guard->watch();                  // before the first connection; each worker's account draws from the pool
//
// Whichever thread notices tells the others, and each relieves its own part: what it does is in worker.cpp, and goes on every few
// milliseconds until there is enough. docs/decisions/memory-pressure.md says who has to go, and what that costs an attacker.
#pragma once

#include "worker.hpp"

#include <hawser/io/memory_budget.hpp>

#include <atomic>
#include <memory>
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
    /// Their io_contexts go on without it: the user's, where a start has failed. On such a thread.
    void leave() noexcept;
    [[nodiscard]] const std::shared_ptr<io::memory_budget>& pool() const noexcept { return pool_; }
    /// Memory is short: every thread is to take some back. On any thread.
    void alarm() noexcept;

private:

    const crew& workers_;
    std::weak_ptr<void> owner_;
    std::shared_ptr<io::memory_budget> pool_;
    std::atomic<bool> is_told_{false};   // and not all have begun to look
};

}  // namespace hawser::server
