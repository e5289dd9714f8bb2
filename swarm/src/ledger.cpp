#include <hawser/swarm/ledger.hpp>

#include <algorithm>

namespace hawser::inline v0::swarm {

// The answer belongs to nothing that is in flight.
ledger::settled ledger::settle_unexpected(std::uint32_t number) const {
    if (number == 0 || number > last_) return {verdict::unknown};
    if (const std::uint32_t index = distance(first_, number); index < entries_.size())
        return {entries_[index].state == request_state::missing ? verdict::late : verdict::duplicate};
    const std::uint32_t behind = distance(number, first_);
    if (behind == 0 || behind > forgotten_) return {verdict::unknown};
    return {std::ranges::find(missing_, number) != missing_.end() ? verdict::late : verdict::duplicate};
}

std::size_t ledger::give_up(io::time_point before) {
    std::size_t count = 0;
    for (entry& one : entries_) {
        if (one.at > before) break;   // they were sent in order
        if (one.state != request_state::in_flight) continue;
        one.state = request_state::missing;
        ++count;
    }
    in_flight_ -= count;
    forget_settled();
    return count;
}

void ledger::note_missing(std::uint32_t number) {
    missing_.push_back(number);
    if (missing_.size() > remembered_missing) missing_.pop_front();
}

}   // namespace hawser::swarm
