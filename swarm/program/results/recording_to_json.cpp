// A recording as text.
#include "../view/readable.hpp"
#include "recording.hpp"

#include <boost/json.hpp>
#include <boost/nowide/utf/convert.hpp>

#include <chrono>

namespace hawser::swarm_program {

namespace {

namespace json = boost::json;

// JSON is UTF-8; command lines and what systems say of errors need not be. What is none becomes U+FFFD.
std::string utf8(const std::string& text) {
    return boost::nowide::utf::convert_string<char>(text.data(), text.data() + text.size());
}

double micros(io::duration took) { return std::chrono::duration<double, std::micro>(took).count(); }

// Null if nothing was measured.
json::object percentiles(const swarm::histogram& of) {
    const auto value = [&of](io::duration took) { return of.count() > 0 ? json::value(micros(took)) : json::value(nullptr); };
    return {{"p50", value(of.percentile(0.5))},
            {"p90", value(of.percentile(0.9))},
            {"p99", value(of.percentile(0.99))},
            {"p999", value(of.percentile(0.999))},
            {"p9999", value(of.percentile(0.9999))},
            {"max", value(of.max())}};
}

json::object histogram(const swarm::histogram& of) {
    json::array counts;
    for (const auto& [top, times] : of.buckets()) counts.push_back(json::array{std::chrono::nanoseconds(top).count(), times});
    return {{"max_ns", std::chrono::nanoseconds(of.max()).count()}, {"counts", std::move(counts)}};
}

json::object timeline(const swarm::timeline& of) {
    json::array slices;
    for (const swarm::timeline::slice& one : of.slices())
        slices.push_back(json::object{
            {"sent", one.sent}, {"acked", one.acked}, {"failed", one.failed}, {"latency", histogram(one.latency)}});
    const auto width = std::chrono::duration_cast<std::chrono::seconds>(of.width());
    return {{"slice_seconds", width.count()}, {"slices", std::move(slices)}};
}

template <class Number>
json::value or_null(const std::optional<Number>& of) {
    return of ? json::value(*of) : json::value(nullptr);
}

json::value or_null(const std::optional<io::duration>& of) {
    return of ? json::value(seconds(*of)) : json::value(nullptr);
}

json::object plan(const figures& of) {
    return {{"clients", of.clients},
            {"window", of.window},
            {"count", or_null(of.count)},
            {"interval_seconds", or_null(of.interval)},
            {"warmup_seconds", seconds(of.warmup)},
            {"sends_for_seconds", or_null(of.sends_for)},
            {"payload_size", or_null(of.payload_size)},
            {"timeout_seconds", seconds(of.timeout)},
            {"seed", of.seed}};
}

json::object one_process(const process& of) {
    json::array options;
    for (const std::string& one : of.options) options.emplace_back(utf8(one));
    return {{"run", utf8(of.run)},
            {"started", to_text(of.started)},
            {"options", std::move(options)},
            {"plan", plan(of.plan)},
            {"machine", json::object{{"cpu", utf8(of.where.cpu)},
                                     {"processors", of.where.processors},
                                     {"kernel", utf8(of.where.kernel)},
                                     {"hawser", utf8(of.where.hawser)}}}};
}

json::object unsent(const swarm::unsent_requests& of) {
    return {{"server", of.by_server}, {"window", of.by_window}, {"generator", of.by_generator}};
}

json::object counters(const swarm::report& of) {
    const auto measured = [&of](double what) { return of.seconds > 0 ? json::value(what) : json::value(nullptr); };
    return {{"sent", of.sent},
            {"acked", of.acked},
            {"missing", of.missing},
            {"duplicate", of.duplicate},
            {"wrong", of.wrong},
            {"unknown", of.unknown},
            {"late", of.late},
            {"errors", of.errors},
            {"unsent", of.unsent.sum()},
            {"unsent_by", unsent(of.unsent)},
            {"unsent_allowed", of.unsent_allowed},
            {"ignored", of.ignored},
            {"connections", of.connections},
            {"measured", of.measured},
            {"interrupted", of.interrupted},
            {"measured_from_seconds", measured(of.measured_from)},
            {"seconds", measured(of.seconds)},
            {"planned_seconds", of.planned_seconds > 0 ? json::value(of.planned_seconds) : json::value(nullptr)},
            {"requests_per_second", or_null(of.requests_per_second())},
            {"load_busy", of.connections > 0 ? json::value(of.busy) : json::value(nullptr)},
            {"first_error", utf8(of.first_error)}};
}

// A key a line: scripts that look for "sent" with grep or sed do not find that of a slice first.
std::string in_lines(const json::object& of) {
    std::string text;
    for (const auto& [key, value] : of) text += (text.empty() ? "{" : ",\n") + json::serialize(key) + ":" + json::serialize(value);
    return text + "}\n";
}

}  // namespace

std::string to_json(const recording& of) {
    const swarm::report& report = of.report;
    json::object made = counters(report);
    made["latency_us"] = percentiles(report.latency);
    if (of.has_schedule()) made["latency_from_schedule_us"] = percentiles(report.latency_from_schedule);
    json::object kinds;
    for (const auto& [what, times] : report.errors_by_kind) kinds[utf8(what)] = times;
    made["errors_by_kind"] = std::move(kinds);
    json::array processes;
    for (const process& one : of.processes) processes.push_back(one_process(one));
    made["processes"] = std::move(processes);
    made["latency_histogram"] = histogram(report.latency);
    if (of.has_schedule()) made["latency_from_schedule_histogram"] = histogram(report.latency_from_schedule);
    made["timeline"] = timeline(report.over_time);
    return in_lines(made);
}

}  // namespace hawser::swarm_program
