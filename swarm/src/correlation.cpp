#include <hawser/swarm/correlation.hpp>

#include <functional>
#include <string_view>

namespace hawser::inline v0::swarm {

// Only a hash of what has to come back is kept, and not one against enemies: a wrong server does not try to collide.
std::uint64_t correlation::mark_of(bytes content) noexcept { return std::hash<std::string_view>()(as_text(content)); }

// Settles the oldest request that has no answer yet.
ledger::settled correlation::settle_next(bool good, io::time_point now, std::uint64_t mark) {
    const ledger::settled done = ledger_.settle(after(last_answer_), good, now, mark);
    // An answer that nothing asked for.
    if (done.verdict != ledger::verdict::unknown) last_answer_ = after(last_answer_);
    return done;
}

}   // namespace hawser::swarm
