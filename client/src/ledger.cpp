#include <hawser/client/ledger.hpp>

#include <algorithm>

namespace hawser::client {

// How far `number` lies behind `from` on the circle of numbers 1 to last_.
std::uint32_t ledger::distance(std::uint32_t from, std::uint32_t number) const noexcept {
    return number >= from ? number - from : number + last_ - from;
}

void ledger::sent(std::uint32_t number, io::time_point at, io::time_point scheduled, std::uint64_t mark) {
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

ledger::settled ledger::settle(std::uint32_t number, bool good, io::time_point now, std::uint64_t mark) {
    if (number == 0 || number > last_) return {verdict::unknown};
    if (const std::uint32_t index = distance(first_, number); index < entries_.size()) {
        entry& found = entries_[index];
        if (found.state == fate::missing) return {verdict::late};
        if (found.state == fate::answered) return {verdict::duplicate};
        const settled done{good && mark == found.mark ? verdict::acked : verdict::wrong, now - found.at, now - found.scheduled};
        found.state = fate::answered;
        --in_flight_;
        forget_settled();
        return done;
    }
    const std::uint32_t behind = distance(number, first_);
    if (behind == 0 || behind > forgotten_) return {verdict::unknown};
    if (std::ranges::find(missing_, number) != missing_.end()) return {verdict::late};
    return {verdict::duplicate};
}

std::size_t ledger::give_up(io::time_point before) {
    std::size_t count = 0;
    for (entry& one : entries_) {
        if (one.at > before) break;   // they were sent in order
        if (one.state != fate::flying) continue;
        one.state = fate::missing;
        ++count;
    }
    in_flight_ -= count;
    forget_settled();
    return count;
}

void ledger::forget_settled() {
    while (!entries_.empty() && entries_.front().state != fate::flying) {
        if (entries_.front().state == fate::missing) {
            missing_.push_back(first_);
            if (missing_.size() > remembered_missing) missing_.pop_front();
        }
        entries_.pop_front();
        first_ = first_ == last_ ? 1 : first_ + 1;
        ++forgotten_;
    }
}

io::time_point ledger::oldest() const noexcept {
    return entries_.empty() ? io::time_point::max() : entries_.front().at;
}

}  // namespace hawser::client
