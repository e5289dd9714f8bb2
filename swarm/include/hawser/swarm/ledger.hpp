// ledger: the requests that one client of a swarm has sent, and what became of each. Pure: time is an argument.
//
//   ledger.sent(number, now, now);
//   switch (ledger.settle(number, good, now).verdict) { case verdict::acked: ... }
//   ledger.give_up(now - timeout);                       // what was sent before that is missing
//
// Every request ends once: acked, wrong or missing. An answer that is not the first to its request is duplicate, late
// or unknown. Bounded: it remembers the requests in flight, and the last `remembered_missing` of those that were given
// up.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/packet/id.hpp>

#include <boost/circular_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace hawser::inline v0::swarm {

class ledger {
public:
    static constexpr std::size_t remembered_missing = 65'536;

    /// How an answer fits the requests that were sent.
    enum class verdict : unsigned char {
        acked,       ///< a good first answer to a request in flight
        wrong,       ///< a first answer that is not good, or whose mark is not that of its request
        duplicate,   ///< an answer to a request that was answered before
        late,        ///< an answer to a request that was given up before
        unknown,     ///< an answer to nothing that was sent on this connection
    };
    /// An answer, and how long it took.
    struct settled {
        ledger::verdict verdict = ledger::verdict::unknown;
        io::duration took{};            ///< since the request was sent; 0 unless it is a first answer
        io::duration from_schedule{};   ///< since the request should have been sent

        friend bool operator==(const settled&, const settled&) = default;
    };

    /// Requests are numbered from 1 to `last`, and then from 1 again.
    explicit ledger(std::uint32_t last = packet::serial::last) noexcept : last_(last) {}

    /// A request was sent. Numbers must come in order, and is_full() must be false. The answer has to have the same
    /// mark: a hash of what it has to echo, say.
    void sent(std::uint32_t number, io::time_point at, io::time_point scheduled, std::uint64_t mark = 0);
    /// An answer came; its number is 0 if it belongs to no request.
    [[nodiscard]] settled settle(std::uint32_t number, bool good, io::time_point now, std::uint64_t mark = 0);
    /// What is in flight and was sent at `before` or earlier is missing now. Returns how many requests that are.
    std::size_t give_up(io::time_point before);

    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    /// All numbers are in use: the next one belongs to a request that is still in flight.
    [[nodiscard]] bool is_full() const noexcept { return entries_.size() >= last_; }
    /// When the oldest in flight was sent; time_point::max() if none is.
    [[nodiscard]] io::time_point oldest() const noexcept;

private:
    enum class request_state : unsigned char { in_flight, answered, missing };
    struct entry {
        io::time_point at;
        io::time_point scheduled;
        std::uint64_t mark;
        request_state state;
    };

    [[nodiscard]] settled settle_unexpected(std::uint32_t number) const;
    void forget_settled();
    void note_missing(std::uint32_t number);
    [[nodiscard]] std::uint32_t distance(std::uint32_t from, std::uint32_t number) const noexcept;

    // The requests from number first_ on, in order. The front one is always in flight, unless it is empty.
    boost::circular_buffer<entry> entries_{16};   // grows
    std::uint32_t last_;
    std::uint32_t first_ = 1;
    std::uint64_t forgotten_ = 0;         // how many requests came before first_
    std::deque<std::uint32_t> missing_;   // those of the forgotten ones that were given up, in order
    std::size_t in_flight_ = 0;
};

// For every request, so inline.

inline void ledger::sent(std::uint32_t number, io::time_point at, io::time_point scheduled, std::uint64_t mark) {
    if (entries_.empty()) first_ = number;
    if (entries_.full()) entries_.set_capacity(2 * entries_.capacity());
    entries_.push_back();
    entry& added = entries_.back();   // member by member: a copy would have to wait for these stores
    added.at = at;
    added.scheduled = scheduled;
    added.mark = mark;
    added.state = request_state::in_flight;
    ++in_flight_;
}

inline ledger::settled ledger::settle(std::uint32_t number, bool good, io::time_point now, std::uint64_t mark) {
    const std::uint32_t index = distance(first_, number);
    if (number == 0 || number > last_ || index >= entries_.size()) return settle_unexpected(number);
    entry& found = entries_[index];
    if (found.state != request_state::in_flight) return settle_unexpected(number);
    const settled done{good && mark == found.mark ? verdict::acked : verdict::wrong, now - found.at,
                       now - found.scheduled};
    found.state = request_state::answered;
    --in_flight_;
    forget_settled();
    return done;
}

// How far `number` lies behind `from` on the circle of numbers 1 to last_.
inline std::uint32_t ledger::distance(std::uint32_t from, std::uint32_t number) const noexcept {
    return number >= from ? number - from : number + last_ - from;
}

inline void ledger::forget_settled() {
    while (!entries_.empty() && entries_.front().state != request_state::in_flight) {
        if (entries_.front().state == request_state::missing) note_missing(first_);
        entries_.pop_front();
        first_ = first_ == last_ ? 1 : first_ + 1;
        ++forgotten_;
    }
}

inline io::time_point ledger::oldest() const noexcept {
    return entries_.empty() ? io::time_point::max() : entries_.front().at;
}

}   // namespace hawser::swarm
