#include <hawser/client/report.hpp>

#include <algorithm>

namespace hawser::client {

namespace {

void count_kind(std::map<std::string, std::uint64_t>& kinds, const std::string& what, std::uint64_t times) {
    const bool is_one_too_many = kinds.size() >= report::most_kinds && !kinds.contains(what);
    kinds[is_one_too_many ? "others" : what] += times;
}

}  // namespace

void counters::merge(const counters& other) noexcept {
    sent += other.sent;
    acked += other.acked;
    missing += other.missing;
    duplicate += other.duplicate;
    wrong += other.wrong;
    unknown += other.unknown;
    late += other.late;
    errors += other.errors;
    connections += other.connections;
    measured += other.measured;
}

void report::error(const std::string& what) {
    ++errors;
    count_kind(errors_by_kind, what, 1);
    if (first_error.empty()) first_error = what;
}

void report::merge(const report& other) {
    counters::merge(other);
    for (const auto& [what, times] : other.errors_by_kind) count_kind(errors_by_kind, what, times);
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
    busy = std::max(busy, other.busy);
    latency.merge(other.latency);
    latency_from_schedule.merge(other.latency_from_schedule);
    over_time.merge(other.over_time);
}

bool report::good() const noexcept { return acked == sent && failed() == 0 && !interrupted; }

double report::requests_per_second() const noexcept {
    return seconds > 0 ? static_cast<double>(measured) / seconds : 0;
}

const histogram& report::honest_latency() const noexcept {
    return latency_from_schedule.count() > 0 ? latency_from_schedule : latency;
}

}  // namespace hawser::client
