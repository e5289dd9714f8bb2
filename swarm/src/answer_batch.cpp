#include "answer_batch.hpp"

#include <utility>

namespace hawser::inline v0::swarm {

void answer_batch::count(io::time_point read_at) {
    const std::uint64_t times = std::exchange(times_, 0);
    if (times == 0) return;
    report& totals = state_.totals;
    const bool is_good = same_.verdict == ledger::verdict::acked;
    (is_good ? state_.slice->acked : state_.slice->failed) += times;
    switch (same_.verdict) {
        case ledger::verdict::acked: totals.acked += times; break;
        case ledger::verdict::wrong: totals.wrong += times; break;
        case ledger::verdict::duplicate: totals.duplicate += times; return;
        case ledger::verdict::late: totals.late += times; return;
        case ledger::verdict::unknown: totals.unknown += times; return;
    }
    const io::duration honest = has_rate_ ? same_.from_schedule : same_.took;
    state_.slice->latency.record(honest, times);
    if (read_at - honest < state_.measured_from) return;
    state_.last_answer_at = read_at;
    if (is_good) totals.measured += times;
    totals.latency.record(same_.took, times);
    if (has_rate_) totals.latency_from_schedule.record(same_.from_schedule, times);
}

}   // namespace hawser::swarm
