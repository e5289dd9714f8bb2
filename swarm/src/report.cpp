#include <hawser/swarm/report.hpp>

#include <algorithm>

namespace hawser::inline v0::swarm {

namespace {

void count_kind(std::map<std::string, std::uint64_t>& kinds, const std::string& message, std::uint64_t times) {
    const bool is_one_too_many = kinds.size() >= report::most_kinds && !kinds.contains(message);
    kinds[is_one_too_many ? "others" : message] += times;
}

}   // namespace

void counters::merge(const counters& other) noexcept {
    sent += other.sent;
    unsent.merge(other.unsent);
    acked += other.acked;
    missing += other.missing;
    duplicate += other.duplicate;
    wrong += other.wrong;
    unknown += other.unknown;
    late += other.late;
    ignored += other.ignored;
    errors += other.errors;
    connections += other.connections;
    measured += other.measured;
}

void report::error(const std::string& message) {
    ++errors;
    count_kind(errors_by_kind, message, 1);
    if (first_error.empty()) first_error = message;
}

void report::merge(const report& other) {
    const auto is_allowed = [](const report& one) { return one.unsent.sum() == 0 || one.unsent_allowed; };
    unsent_allowed = (unsent_allowed || other.unsent_allowed) && is_allowed(*this) && is_allowed(other);
    counters::merge(other);
    for (const auto& [message, times] : other.errors_by_kind) count_kind(errors_by_kind, message, times);
    if (first_error.empty()) first_error = other.first_error;
    interrupted = interrupted || other.interrupted;
    if (seconds > 0 && other.seconds > 0) {
        const double until = std::max(measured_from + seconds, other.measured_from + other.seconds);
        measured_from = std::min(measured_from, other.measured_from);
        seconds = until - measured_from;
    } else if (other.seconds > 0) {
        measured_from = other.measured_from;
        seconds = other.seconds;
    }
    planned_seconds = std::max(planned_seconds, other.planned_seconds);
    busy = std::max(busy, other.busy);
    latency.merge(other.latency);
    latency_from_schedule.merge(other.latency_from_schedule);
    over_time.merge(other.over_time);
}

bool report::good() const noexcept {
    const bool is_all_sent = unsent.sum() == 0 || unsent_allowed;
    return acked == sent && is_all_sent && measured > 0 && failed() == 0 && !interrupted;
}

std::optional<double> report::requests_per_second() const noexcept {
    const double took = std::max(seconds, planned_seconds);
    if (measured < fewest_for_a_rate || took <= 0) return std::nullopt;
    return static_cast<double>(measured) / took;
}

const histogram& report::honest_latency() const noexcept {
    return latency_from_schedule.count() > 0 ? latency_from_schedule : latency;
}

}   // namespace hawser::swarm
