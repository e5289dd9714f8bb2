// memory_guard: has every thread take memory back from its sessions while the pool is short of it.
//
//   const auto guard = std::make_shared<memory_guard>(crew, pool);
//   guard->watch();   // before the first connection; each worker's account draws from the pool
//   guard->stay();    // the server serves: from now on this may end on any thread, and leaves the accounts as they are
//
// Whichever thread notices tells the others, and each relieves its own part: what it does is in worker.cpp, and
// goes on every few milliseconds until there is enough. docs/decisions/memory-pressure.md says who has to go, and
// what that costs an attacker.
#pragma once

#include "crew.hpp"

#include <hawser/io/memory_budget.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace hawser::inline v0::server {

class memory_guard : public std::enable_shared_from_this<memory_guard> {
public:
    /// Accounts may draw a little that they do not use: that comes on top of `pool`, out of what
    /// is planned for each thread.
    memory_guard(const std::shared_ptr<crew>& of, std::size_t pool)
        : crew_(of),
          pool_(std::make_shared<io::memory_budget>(pool + of->workers().size() * io::memory_account::slack)) {}
    memory_guard(const memory_guard&) = delete;
    memory_guard& operator=(const memory_guard&) = delete;
    /// Of a start that failed: their io_contexts go on without it, if they are the user's. On a thread as for watch().
    ~memory_guard();

    /// On a thread that may use every worker's io_context: before they run.
    void watch();
    void stay() noexcept { stays_ = true; }
    [[nodiscard]] const std::shared_ptr<io::memory_budget>& pool() const noexcept { return pool_; }
    /// Memory is short: every thread is to take some back. On any thread.
    void alarm() noexcept;

private:
    std::weak_ptr<crew> crew_;
    std::shared_ptr<io::memory_budget> pool_;
    std::atomic<bool> is_told_{false};   // and not all have begun to look
    bool stays_ = false;
};

}   // namespace hawser::server
