// memory_budget: one pool of memory for what peers can make grow: unfinished frames, lent buffers, bytes that wait to
// be written. Shared by all threads; each draws from it through an account of its own.
//
//   auto pool = std::make_shared<io::memory_budget>(256 * 1024 * 1024);
//   io::memory_account::of(executor).draw_from(pool);      // before the first connection of that io_context
//
// What grows is charged to the account of its thread, and what shrinks released: additions there, and an atomic
// operation for every 64 KiB. Nothing is refused by the budget itself. It says how full it is, and those who could grow
// look at that first. Who holds no more than its allowance holds nothing: that is planned for each connection outside
// of the pool, so it is read from, answered and let in however full the pool is.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/deadline.hpp>
#include <hawser/io/event.hpp>

#include <boost/intrusive/list.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

namespace hawser::inline v0::io {

/// How full a pool is; each level includes the ones before.
enum class pressure : unsigned char {
    none,
    pause_holders,   ///< from 75 %: who holds something is read from in turn, and closed if it makes no progress
    stop_growing,    ///< from 100 %: nothing is read, and nothing taken to be sent, that needs more than an
                     ///< allowance; holders are closed
};

/// The pool. Thread-safe.
class memory_budget {
public:
    explicit memory_budget(std::size_t size) noexcept : size_(size), short_from_(share(75)) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// What accounts have drawn: what is in use, and up to two steps an account that are not.
    [[nodiscard]] std::size_t drawn() const noexcept { return drawn_.load(std::memory_order_relaxed); }
    /// Whether it is at pause_holders or beyond.
    [[nodiscard]] bool is_short() const noexcept { return drawn() >= short_from_; }
    [[nodiscard]] pressure level() const noexcept { return level_at(drawn()); }
    /// How many accounts draw from it; at least 1.
    [[nodiscard]] std::size_t accounts() const noexcept {
        return std::max<std::size_t>(1, accounts_.load(std::memory_order_relaxed));
    }
    /// Up to 100.
    [[nodiscard]] std::size_t share(std::size_t percent) const noexcept { return size_ / 100 * percent; }

    /// What is of no thread: see memory_charge. An atomic operation each.
    void draw(std::size_t bytes) noexcept { drawn_.fetch_add(bytes, std::memory_order_relaxed); }
    void give_back(std::size_t bytes) noexcept { drawn_.fetch_sub(bytes, std::memory_order_relaxed); }

private:
    friend class memory_account;

    [[nodiscard]] pressure level_at(std::size_t drawn) const noexcept;

    std::size_t size_;
    std::size_t short_from_;
    std::atomic<std::size_t> drawn_{0};
    std::atomic<std::size_t> accounts_{0};
};

/// Makes malloc give blocks of 128 KiB and more back to the system as soon as they are freed, in the whole process. By
/// default it learns to keep what was large, and so outgrows a budget that its users keep.
void give_large_blocks_back() noexcept;

/// The memory of one thread's connections. To be used on the thread of its io_context.
class memory_account final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    /// What is drawn or given back at a time: a lent block.
    static constexpr std::size_t step = 64 * 1024;
    /// What an account may have drawn and not use, so that a block that goes to and fro costs nothing.
    static constexpr std::size_t slack = 2 * step;
    /// What a connection may hold and still hold nothing: a page. It is not charged.
    static constexpr std::size_t allowance = 4 * 1024;

    /// What is charged for a connection that holds so many bytes.
    [[nodiscard]] static constexpr std::size_t charge(std::size_t held) noexcept { return held > allowance ? held : 0; }

    explicit memory_account(asio::execution_context& context);
    [[nodiscard]] static memory_account& of(const executor& where);   ///< that of this io_context

    /// From now on what is charged comes out of `pool`; without one there is no bound. `alarm` is called on this thread
    /// each time that a charge of this account brings the pool to another level: the other threads are to look_soon().
    /// `relieve` is called soon after that, and every few milliseconds while memory is short. Neither may throw.
    void draw_from(std::shared_ptr<memory_budget> pool, std::function<void()> alarm = {},
                   std::function<void()> relieve = {});
    /// Null if there is no bound.
    [[nodiscard]] const memory_budget* pool() const noexcept { return pool_.get(); }

    /// Somebody's memory was `before` bytes and is `now`.
    void change(std::size_t before, std::size_t now) noexcept;
    [[nodiscard]] pressure level() const noexcept { return pool_ ? pool_->level() : pressure::none; }
    [[nodiscard]] bool is_short() const noexcept { return pool_ && pool_->is_short(); }

    /// Relieves, if memory is short, and gives turns.
    void look_soon() noexcept;

    /// A place in the line of those who pause because memory is short: in the line from its making to its end. Every
    /// few milliseconds it is the turn of as many as there is room for, from the front, and each may read once. Whose
    /// peer has left goes before the others, so that it ends.
    class turn;

    [[nodiscard]] std::size_t used() const noexcept { return used_; }

private:
    struct of_line;
    struct of_watch;
    template <class Tag>
    using hook = boost::intrusive::list_base_hook<boost::intrusive::tag<Tag>,
                                                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
    template <class Tag>
    using list = boost::intrusive::list<turn, boost::intrusive::base_hook<hook<Tag>>,
                                        boost::intrusive::constant_time_size<false>>;

    void shutdown() override;
    void settle() noexcept;
    void look() noexcept;
    void look_for_hangups();
    void give_turns();
    [[nodiscard]] bool has_room(std::size_t turns, std::size_t drawn) const noexcept;

    std::shared_ptr<memory_budget> pool_;
    std::function<void()> alarm_;
    std::function<void()> relieve_;
    deadline look_again_;
    time_point looked_at_{};
    list<of_line> line_;
    list<of_line> behind_;     // the line, until memory is not short
    list<of_watch> watched_;   // the same, in the order in which their peers are looked after
    std::size_t used_ = 0;
    std::size_t drawn_ = 0;
};

/// A place in the line of those who hold memory and want more, while it is short.
class memory_account::turn : public hook<of_line>, public hook<of_watch> {
public:
    /// Where in the line.
    enum class place : unsigned char {
        ending,   ///< its peer has sent all that it will: who reads that gives all back
        front,    ///< it goes on with what it began in its last turn: so one after the other gets
                  ///< done, and not all of them half
        back,
        behind,   ///< what is held for it is not brought back by closing it: no turn while memory is short
    };

    /// Who pauses: `wake` is notified when the turn has come; the socket's descriptor, -1 for none.
    struct pausing {
        event& wake;
        int descriptor;
        place where;
    };

    turn(memory_account& of, const pausing& who);
    [[nodiscard]] bool has_come() const noexcept { return has_come_; }
    /// Its turn has come because nobody is there any more, for this reason: whatever its peer has
    /// sent, it can be told nothing.
    [[nodiscard]] const error_code& broken_by() const noexcept { return broken_by_; }
    [[nodiscard]] place where() const noexcept { return where_; }
    void stand(place where) noexcept;   ///< before its turn has come

private:
    friend class memory_account;

    void come() noexcept;
    void look_for_hangup(unsigned events) noexcept;

    memory_account& of_;
    event& wake_;
    int descriptor_;
    place where_;
    std::size_t wants_ = step;   // reads so many bytes at most
    error_code broken_by_;
    bool has_come_ = false;
};

}   // namespace hawser::io
