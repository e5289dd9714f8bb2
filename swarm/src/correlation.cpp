#include <hawser/swarm/correlation.hpp>

#include <functional>
#include <string_view>

namespace hawser::swarm {

// What has to come back is not kept, only this of it: a server that is wrong is not our enemy.
std::uint64_t correlation::mark_of(bytes what) noexcept { return std::hash<std::string_view>()(as_text(what)); }

// The answer to the oldest request that has none.
ledger::settled correlation::settle_next(bool good, io::time_point now, std::uint64_t mark) {
    const ledger::settled done = ledger_.settle(after(last_answer_), good, now, mark);
    if (done.what != ledger::verdict::unknown) last_answer_ = after(last_answer_);   // nobody has asked for that one
    return done;
}

}  // namespace hawser::swarm
