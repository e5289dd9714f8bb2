// request_queue: the requests of a client that wait for a connection, in the order in which they were made.
//
//   request_queue::place mine(queue, until);             // for as long as the request lasts
//   mine.line_up();
//   while (!mine.is_first() || !free()) co_await mine.changed().wait();
//   mine.leave();
//
// A request that waits once more, to be sent again, stands where it stood: before all that were made after it.
// Invariant: whoever leaves wakes the one who is first then, and whoever is late has been woken.
#pragma once

#include <hawser/io/alarm.hpp>
#include <hawser/io/event.hpp>

#include <boost/intrusive/set.hpp>

#include <cstddef>
#include <cstdint>

namespace hawser::inline v0::client {

class request_queue {
public:
    /// The place of one request, which waits in the queue from line_up() to leave(), or not at
    /// all. The queue outlives it.
    class place : public boost::intrusive::set_base_hook<> {
    public:
        place(request_queue& in, io::time_point until);
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        ~place() { leave(); }

        void line_up();
        void leave() noexcept;

        /// Precondition: it waits.
        [[nodiscard]] bool is_first() const noexcept;
        /// Its time is over.
        [[nodiscard]] bool is_late() const noexcept { return give_up_.expired(); }
        /// One of those two may have changed, or the queue has woken it.
        [[nodiscard]] io::event& changed() noexcept { return changed_; }

        friend bool operator<(const place& a, const place& b) noexcept { return a.number_ < b.number_; }

    private:
        request_queue& queue_;
        std::uint64_t number_;
        io::event changed_;
        io::alarm give_up_;
    };

    explicit request_queue(const io::executor& here) : here_(here) {}

    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
    /// There may be a connection.
    void wake_first();
    /// There will be none any more.
    void wake_all();

private:
    io::executor here_;
    std::uint64_t made_ = 0;   // places, ever
    boost::intrusive::set<place> waiting_;
};

}   // namespace hawser::client
