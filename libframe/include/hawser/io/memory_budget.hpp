// memory_budget: one pool of memory for what peers can make grow: unfinished frames, lent buffers, bytes that wait to be
// written. Shared by all threads; each draws from it through an account of its own.
//
//   auto pool = std::make_shared<io::memory_budget>(256 * 1024 * 1024);
//   io::memory_account::of(executor).draw_from(pool);      // before the first connection of that io_context
//
// What grows is charged to the account of its thread, and what shrinks released: additions there, and an atomic operation
// for every 64 KiB. Nothing is refused by the budget itself. It says how full it is, and those who could
// grow, or let others in, look at that first. The order is: connections that hold much are not read from; no new
// ones come in; the one that holds most is closed; nothing more is read or taken.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/deadline.hpp>
#include <hawser/io/event.hpp>

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

namespace hawser::io {

/// How full a pool is; each level includes the ones before.
enum class pressure : unsigned char {
    none,
    pause_holders,    ///< from 75 %: who holds more than 16 KiB is read from in turn
    refuse_peers,     ///< from 85 %: no new connections
    close_largest,    ///< from 90 %: who holds most is closed
    stop_growing,     ///< from 100 %: nothing is read, and nothing taken to be sent that needs more memory
};

/// The pool. Thread-safe.
class memory_budget {
public:
    explicit memory_budget(std::size_t size) noexcept : size_(size) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// What accounts have drawn: what is in use, and up to two steps an account that are not.
    [[nodiscard]] std::size_t drawn() const noexcept { return drawn_.load(std::memory_order_relaxed); }
    [[nodiscard]] pressure level() const noexcept;

    /// What is of no thread: see memory_charge. An atomic operation each.
    void draw(std::size_t bytes) noexcept { drawn_.fetch_add(bytes, std::memory_order_relaxed); }
    void give_back(std::size_t bytes) noexcept { drawn_.fetch_sub(bytes, std::memory_order_relaxed); }

private:
    friend class memory_account;

    std::size_t size_;
    std::atomic<std::size_t> drawn_{0};
};

/// Bytes of memory that this process may use: the machine's, or those of its control group (version 2 or 1), or half of what is
/// left of its address space or data (`ulimit -v`, `ulimit -d`), whichever is least.
[[nodiscard]] std::size_t available_memory();

/// Makes malloc give blocks of 128 KiB and more back to the system as soon as they are freed, in the whole process. By default
/// it learns to keep what was large, and so outgrows a budget that its users keep.
void give_large_blocks_back() noexcept;

/// The memory of one thread's connections. To be used on the thread of its io_context.
class memory_account final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    /// What is drawn or given back at a time: a lent block.
    static constexpr std::size_t step = 64 * 1024;
    /// What an account may have drawn and not use, so that a block that goes to and fro costs nothing.
    static constexpr std::size_t slack = 2 * step;

    explicit memory_account(asio::execution_context& context);
    [[nodiscard]] static memory_account& of(const executor& where);

    /// From now on what is charged comes out of `pool`; without one there is no bound. `when_short` is called on this thread
    /// each time that the pool reaches close_largest by a charge of this account. It may not throw.
    void draw_from(std::shared_ptr<memory_budget> pool, std::function<void()> when_short = {});

    /// Somebody's memory was `before` bytes and is `now`.
    void change(std::size_t before, std::size_t now) noexcept;
    [[nodiscard]] pressure level() const noexcept { return pool_ ? pool_->level() : pressure::none; }

    /// A place in the line of those who pause because memory is short: in the line from its making to its end. Every few
    /// milliseconds the turn of the first comes, and he may read once; so some get on, however short it is, unless
    /// nothing is left. When there is enough again the turn of many comes.
    class turn : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    public:
        /// `wake` is notified when the turn has come.
        turn(memory_account& of, event& wake);
        [[nodiscard]] bool has_come() const noexcept { return has_come_; }

    private:
        friend class memory_account;
        event& wake_;
        bool has_come_ = false;
    };

    [[nodiscard]] std::size_t used() const noexcept { return used_; }

private:
    void shutdown() override;
    void settle() noexcept;
    void give_turns();

    std::shared_ptr<memory_budget> pool_;
    std::function<void()> when_short_;
    deadline look_again_;
    boost::intrusive::list<turn, boost::intrusive::constant_time_size<false>> line_;
    std::size_t used_ = 0;
    std::size_t drawn_ = 0;
};

}  // namespace hawser::io
