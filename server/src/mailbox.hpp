// mailbox: what is to be told to the connections of one thread from elsewhere: frames that are
// published, functions to be called.
//
//   if (box.put(letter, policy) == mailbox::placed::no_room) ...       // any thread
//   while (auto letter = box.take()) ...                               // the thread itself, when it is woken
//
// Invariants: what waits is at most `room` bytes, frames and places together; one wake is on its way, however many
// letters are; who waits for room gets it in the order of coming; a letter longer than all the room goes alone. The
// places count in the pool, the frames count themselves.
#pragma once

#include <hawser/frame/backlog.hpp>
#include <hawser/io/bell.hpp>
#include <hawser/io/memory_budget.hpp>
#include <hawser/server/push.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace hawser::inline v0::server {

class context;

class mailbox {
public:
    struct letter {
        frame::shared_frame frame;   // one of the two
        std::shared_ptr<const std::function<void(context&)>> visit;
        push_as as;
        std::uint64_t except = 0;   // the connection that is not told

        [[nodiscard]] std::size_t cost() const noexcept { return place_cost + (frame ? frame->size() : 0); }
    };
    enum class placed : unsigned char { kept, dropped, no_room };

    /// What one letter takes besides its frame.
    static constexpr std::size_t place_cost = frame::backlog::entry_cost;

    /// Somebody who waits for room, on the thread of `here`: in the line from its making to its end.
    class waiter {
    public:
        waiter(mailbox& of, const io::executor& here);
        waiter(const waiter&) = delete;
        waiter& operator=(const waiter&) = delete;
        ~waiter();
        /// Notified when there may be room for it.
        [[nodiscard]] io::event& changed() const noexcept { return bell_->rung; }
        [[nodiscard]] const std::shared_ptr<io::bell>& bell() const noexcept { return bell_; }

    private:
        mailbox& of_;
        std::shared_ptr<io::bell> bell_;
    };

    /// Room that is kept for somebody.
    class space {
    public:
        space() noexcept = default;
        space(mailbox& of, std::size_t bytes) noexcept : of_(&of), bytes_(bytes) {}
        space(space&& other) noexcept : of_(std::exchange(other.of_, nullptr)), bytes_(other.bytes_) {}
        space& operator=(space other) noexcept {
            std::swap(of_, other.of_);
            std::swap(bytes_, other.bytes_);
            return *this;
        }
        ~space() {
            if (of_ != nullptr) of_->release(bytes_);
        }
        [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }
        /// It is none any more: what has taken it gives it back.
        [[nodiscard]] std::size_t taken() noexcept { return std::exchange(of_, nullptr) != nullptr ? bytes_ : 0; }

    private:
        mailbox* of_ = nullptr;
        std::size_t bytes_ = 0;
    };

    /// `deliver` is called on the thread of `home` when there is something; it is to call
    /// wake() again if it leaves some.
    mailbox(const io::executor& home, std::function<void()> deliver) : home_(home), deliver_(std::move(deliver)) {}
    /// Before its first use. `owner` keeps this.
    void open(std::shared_ptr<io::memory_budget> pool, std::size_t room, std::weak_ptr<void> owner);

    /// Takes the letter, or does with it and with those of its class that wait what `policy` says. no_room, with
    /// nothing taken, is for slow_consumer::wait and close: the thread is late, which is not the fault of its
    /// connections, so none is closed for it. Whoever stands in line says who it is. Throws std::bad_alloc.
    placed put(const letter& what, frame::slow_consumer policy, const waiter* who = nullptr);
    /// Room for something that comes in another way, until its end; without an owner if there is none now.
    [[nodiscard]] space reserve(std::size_t bytes, const waiter* who = nullptr);
    /// A letter for which there is room reserved. Throws std::bad_alloc.
    void put(const letter& what, space reserved);
    /// A letter that somebody gave up to put here.
    void note_lost();

    // On its own thread.

    /// The first letter, which leaves; none if there is none.
    [[nodiscard]] std::optional<letter> take() noexcept;
    /// Letters that were lost since this was last asked.
    [[nodiscard]] std::size_t take_lost() noexcept;
    void wake();

    /// How many letters wait.
    [[nodiscard]] std::size_t size() const noexcept;

private:
    [[nodiscard]] bool is_first(const waiter* who) const noexcept;
    [[nodiscard]] bool has_room(std::size_t bytes) const noexcept { return bytes_ == 0 || bytes_ + bytes <= room_; }
    [[nodiscard]] bool replace(const letter& what);
    void make_room(const letter& what);
    void release(std::size_t bytes) noexcept;
    void keep(const letter& what);
    void forget(std::deque<letter>::iterator which) noexcept;
    void free_room(std::size_t bytes) noexcept;
    void wake_locked();

    io::executor home_;
    std::function<void()> deliver_;
    std::shared_ptr<io::memory_budget> pool_;
    std::size_t room_ = 0;
    std::weak_ptr<void> owner_;

    mutable std::mutex mutex_;   // of all below
    std::deque<letter> waiting_;
    std::deque<std::shared_ptr<io::bell>> line_;
    std::size_t bytes_ = 0;   // of what waits, and reserved
    std::size_t lost_ = 0;
    bool is_woken_ = false;
    io::operation_memory wake_;
};

}   // namespace hawser::server
