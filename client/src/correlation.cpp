#include <hawser/client/correlation.hpp>

#include <functional>
#include <string_view>

namespace hawser::client {

namespace {

// What has to come back is not kept, only this of it: a server that is wrong is not our enemy.
std::uint64_t mark_of(bytes what) noexcept { return std::hash<std::string_view>()(as_text(what)); }

}  // namespace

std::uint32_t correlation::next_number() noexcept {
    last_number_ = after(last_number_);
    return last_number_;
}

void correlation::sent(std::uint32_t number, bytes body, io::time_point at, io::time_point scheduled) {
    ledger_.sent(number, at, scheduled, says_->echoes ? mark_of(says_->echoes->sent(body)) : 0);
}

packet::decoded<ledger::settled> correlation::answered(bytes body, io::time_point now) {
    const packet::decoded<heard> answer = says_->read(body);
    if (!answer) return answer.error();
    const std::uint64_t mark = says_->echoes ? mark_of(says_->echoes->came_back(body)) : 0;
    if (!says_->in_order) return ledger_.settle(answer->number, answer->good, now, mark);
    const ledger::settled done = ledger_.settle(after(last_answer_), answer->good, now, mark);
    if (done.what != ledger::verdict::unknown) last_answer_ = after(last_answer_);   // nobody has asked for that one
    return done;
}

}  // namespace hawser::client
