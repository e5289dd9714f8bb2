// deadline: an instant that moves. Moving it later is a store, not a timer operation, so that every read can move it.
//
//   deadline_queue queue;                                   // usually the watchdog's, see watchdog.hpp
//   deadline idle(queue, calling<&session::timed_out>(*this));   // void timed_out() noexcept;
//   idle.move(now + 60s);                                   // after each read
//   queue.expire(now);                                      // calls timed_out() if the instant has come
//
// Pure: time is an argument. Invariant: a deadline that is set is queued under an instant that is not later than its
// own; when that instant comes and the deadline has moved on, it is queued again under the new one.
#pragma once

#include <hawser/io/callback.hpp>
#include <hawser/io/clock.hpp>

#include <boost/intrusive/set.hpp>

namespace hawser::inline v0::io {

class deadline_queue;

class deadline : public boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>> {
public:
    /// `when_expired`, made with calling(), is called from deadline_queue::expire(), once for each time the instant
    /// comes. The queue must outlive this.
    deadline(deadline_queue& queue, callback when_expired) noexcept : queue_(queue), when_expired_(when_expired) {}
    deadline(const deadline&) = delete;
    deadline& operator=(const deadline&) = delete;
    ~deadline() { clear(); }

    /// Moves the instant; time_point::max() means never. It has not expired until the queue says so.
    void move(time_point at) noexcept;
    /// Never.
    void clear() noexcept;
    /// The instant has come since the last move().
    [[nodiscard]] bool expired() const noexcept { return !is_linked() && queued_at_ == has_expired; }
    /// The same, but told by the clock: also before the queue has looked.
    [[nodiscard]] bool passed() const noexcept { return at_ != time_point::max() && at_ <= clock::now(); }
    [[nodiscard]] time_point at() const noexcept { return at_; }

private:
    friend class deadline_queue;
    static constexpr time_point has_expired = time_point::min();

    deadline_queue& queue_;
    callback when_expired_;
    time_point at_ = time_point::max();
    time_point queued_at_ = time_point::max();   // or has_expired, and then it is not queued
};

/// The deadlines of one thread, ordered by when to look at them next.
class deadline_queue {
public:
    deadline_queue() = default;
    deadline_queue(const deadline_queue&) = delete;
    deadline_queue& operator=(const deadline_queue&) = delete;
    virtual ~deadline_queue() = default;

    /// Expires every deadline whose instant is `now` or earlier. What expires may move, clear and destroy deadlines,
    /// itself included.
    void expire(time_point now) noexcept;
    /// When expire() has something to do next; time_point::max() if never.
    [[nodiscard]] time_point next() const noexcept;

protected:
    /// next() has changed: it is earlier than before, or there is nothing left to wait for.
    virtual void next_changed() noexcept {}

private:
    friend class deadline;

    struct earlier {
        bool operator()(const deadline& a, const deadline& b) const noexcept { return a.queued_at_ < b.queued_at_; }
    };

    void insert(deadline& what) noexcept;
    void remove(deadline& what) noexcept;

    boost::intrusive::multiset<deadline, boost::intrusive::compare<earlier>> queued_;
};

}   // namespace hawser::io
