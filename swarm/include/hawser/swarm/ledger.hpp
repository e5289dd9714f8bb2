// ledger: what one client of a swarm has sent and what has become of it. Pure: time is an argument.
//
//   ledger.sent(number, now, now);
//   switch (ledger.settle(number, good, now).what) { case verdict::acked: ... }
//   ledger.give_up(now - timeout);                       // what was sent before that is missing
//
// Every request ends as acked, wrong or missing, once. What is no request's first answer is duplicate, late or unknown.
// Bounded: it remembers what is in flight, and the last `remembered_missing` of those given up.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/packet/id.hpp>

#include <boost/circular_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace hawser::swarm {

class ledger {
public:
    static constexpr std::size_t remembered_missing = 65'536;

    /// What an answer is to the requests that were sent.
    enum class verdict : unsigned char {
        acked,       ///< the first answer to a request in flight, a good one
        wrong,       ///< the first answer, and not a good one, or with another mark than its request
        duplicate,   ///< to a request that was answered before
        late,        ///< to a request that was given up before
        unknown,     ///< nothing that was sent on this connection
    };
    /// An answer's verdict, and how long it took.
    struct settled {
        verdict what = verdict::unknown;
        io::duration took{};             ///< since it was sent; of a first answer
        io::duration from_schedule{};    ///< since it should have been sent

        friend bool operator==(const settled&, const settled&) = default;
    };

    /// Of requests that are numbered from 1 to `last` and round again.
    explicit ledger(std::uint32_t last = packet::serial::last) noexcept : last_(last) {}

    /// A request with the next number: they must come in order, and is_full() must be false. Its mark is what its answer has to
    /// have as well: a hash of what has to come back, say.
    void sent(std::uint32_t number, io::time_point at, io::time_point scheduled, std::uint64_t mark = 0);
    /// An answer; 0 is the number of none.
    [[nodiscard]] settled settle(std::uint32_t number, bool good, io::time_point now, std::uint64_t mark = 0);
    /// Everything in flight that was sent at `before` or earlier is missing; says how many.
    std::size_t give_up(io::time_point before);

    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    /// The next number belongs to a request that is still in flight.
    [[nodiscard]] bool is_full() const noexcept { return entries_.size() >= last_; }
    /// When the oldest in flight was sent; time_point::max() if none is.
    [[nodiscard]] io::time_point oldest() const noexcept;

private:
    enum class fate : unsigned char { flying, answered, missing };
    struct entry {
        io::time_point at;
        io::time_point scheduled;
        std::uint64_t mark;
        fate state;
    };

    [[nodiscard]] settled settle_again(std::uint32_t number) const;
    void forget_settled();
    void note_missing(std::uint32_t number);
    [[nodiscard]] std::uint32_t distance(std::uint32_t from, std::uint32_t number) const noexcept;

    // The requests from first_ on, in order of their numbers; the front one is always in flight, or there is none.
    boost::circular_buffer<entry> entries_{16};   // grows
    std::uint32_t last_;
    std::uint32_t first_ = 1;
    std::uint64_t forgotten_ = 0;            // how many came before first_
    std::deque<std::uint32_t> missing_;      // of those, in order
    std::size_t in_flight_ = 0;
};

// For every request, so inline.

inline void ledger::sent(std::uint32_t number, io::time_point at, io::time_point scheduled, std::uint64_t mark) {
    if (entries_.empty()) first_ = number;
    if (entries_.full()) entries_.set_capacity(2 * entries_.capacity());
    entries_.push_back();
    entry& made = entries_.back();   // member by member: a copy would have to wait for these stores
    made.at = at;
    made.scheduled = scheduled;
    made.mark = mark;
    made.state = fate::flying;
    ++in_flight_;
}

inline ledger::settled ledger::settle(std::uint32_t number, bool good, io::time_point now, std::uint64_t mark) {
    const std::uint32_t index = distance(first_, number);
    if (number == 0 || number > last_ || index >= entries_.size()) return settle_again(number);
    entry& found = entries_[index];
    if (found.state != fate::flying) return settle_again(number);
    const settled done{good && mark == found.mark ? verdict::acked : verdict::wrong, now - found.at, now - found.scheduled};
    found.state = fate::answered;
    --in_flight_;
    forget_settled();
    return done;
}

// How far `number` lies behind `from` on the circle of numbers 1 to last_.
inline std::uint32_t ledger::distance(std::uint32_t from, std::uint32_t number) const noexcept {
    return number >= from ? number - from : number + last_ - from;
}

inline void ledger::forget_settled() {
    while (!entries_.empty() && entries_.front().state != fate::flying) {
        if (entries_.front().state == fate::missing) note_missing(first_);
        entries_.pop_front();
        first_ = first_ == last_ ? 1 : first_ + 1;
        ++forgotten_;
    }
}

inline io::time_point ledger::oldest() const noexcept {
    return entries_.empty() ? io::time_point::max() : entries_.front().at;
}

}  // namespace hawser::swarm
