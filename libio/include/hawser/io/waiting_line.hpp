// waiting_line: coroutines of one io_context that wait for the same thing, each in its turn.
//
//   waiting_line::place turn(line, until);
//   while (!there_is_room() && !turn.is_late()) co_await turn.wait();
//   ... and when there is room: line.wake_first();
//
// An event wakes everybody; a line wakes one, so a thousand who wait cost no more than one does. Invariant: a place
// stands in its line from its making to its end. To be used on the thread of its executor only.
#pragma once

#include <hawser/io/alarm.hpp>

#include <boost/intrusive/list.hpp>

namespace hawser::inline v0::io {

class waiting_line {
public:
    using hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

    explicit waiting_line(const executor& where) : where_(where) {}
    waiting_line(const waiting_line&) = delete;
    waiting_line& operator=(const waiting_line&) = delete;

    class place;

    [[nodiscard]] bool empty() const noexcept { return places_.empty(); }
    [[nodiscard]] const executor& get_executor() const noexcept { return where_; }
    /// The first looks again; through its executor, not inside this call.
    void wake_first();
    void wake_all();   ///< all look again

private:
    executor where_;
    boost::intrusive::list<place, boost::intrusive::base_hook<hook>, boost::intrusive::constant_time_size<false>>
        places_;
};

/// One who waits, from its making to its end.
class waiting_line::place : public hook {
public:
    /// At the end of `line`; time_point::max() for as long as it takes.
    explicit place(waiting_line& line, time_point until = time_point::max())
        : line_(line), woken_(line.where_), patience_(woken_, until) {
        line.places_.push_back(*this);
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;

    [[nodiscard]] bool is_first() const noexcept { return &line_.places_.front() == this; }
    [[nodiscard]] bool is_late() const noexcept { return patience_.passed(); }
    /// Until somebody wakes this place or it is late.
    [[nodiscard]] task<void> wait() { return woken_.wait(); }
    void leave() noexcept { unlink(); }

private:
    friend class waiting_line;

    waiting_line& line_;
    event woken_;
    alarm patience_;
};

inline void waiting_line::wake_first() {
    if (!places_.empty()) places_.front().woken_.notify();
}

inline void waiting_line::wake_all() {
    for (place& each : places_) each.woken_.notify();
}

}   // namespace hawser::io
