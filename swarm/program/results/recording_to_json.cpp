// Writes a recording as JSON.
#include "../view/readable.hpp"
#include "recording.hpp"

#include <boost/json.hpp>
#include <boost/nowide/utf/convert.hpp>

#include <chrono>

namespace hawser::swarm_program {

namespace {

namespace json = boost::json;

// JSON is UTF-8. Command lines and messages of the system need not be: what is not becomes U+FFFD.
std::string utf8(const std::string& text) {
    return boost::nowide::utf::convert_string<char>(text.data(), text.data() + text.size());
}

double micros(io::duration took) { return std::chrono::duration<double, std::micro>(took).count(); }

// Null if nothing was measured.
json::object percentiles(const swarm::histogram& latencies) {
    const auto value = [&latencies](io::duration took) {
        return latencies.count() > 0 ? json::value(micros(took)) : json::value(nullptr);
    };
    return {{"p50", value(latencies.percentile(0.5))},      {"p90", value(latencies.percentile(0.9))},
            {"p99", value(latencies.percentile(0.99))},     {"p999", value(latencies.percentile(0.999))},
            {"p9999", value(latencies.percentile(0.9999))}, {"max", value(latencies.max())}};
}

json::object histogram(const swarm::histogram& values) {
    json::array counts;
    for (const auto& [top, times] : values.buckets())
        counts.push_back(json::array{std::chrono::nanoseconds(top).count(), times});
    return {{"max_ns", std::chrono::nanoseconds(values.max()).count()}, {"counts", std::move(counts)}};
}

json::object timeline(const swarm::timeline& times) {
    json::array slices;
    for (const swarm::timeline::slice& one : times.slices())
        slices.push_back(json::object{
            {"sent", one.sent}, {"acked", one.acked}, {"failed", one.failed}, {"latency", histogram(one.latency)}});
    const auto width = std::chrono::duration_cast<std::chrono::seconds>(times.width());
    return {{"slice_seconds", width.count()}, {"slices", std::move(slices)}};
}

template <class Number>
json::value or_null(const std::optional<Number>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

json::value or_null(const std::optional<io::duration>& time) {
    return time ? json::value(seconds(*time)) : json::value(nullptr);
}

json::object plan(const plan_summary& summary) {
    return {{"clients", summary.clients},
            {"window", summary.window},
            {"count", or_null(summary.count)},
            {"interval_seconds", or_null(summary.interval)},
            {"warmup_seconds", seconds(summary.warmup)},
            {"sends_for_seconds", or_null(summary.sends_for)},
            {"payload_size", or_null(summary.payload_size)},
            {"timeout_seconds", seconds(summary.timeout)},
            {"seed", summary.seed}};
}

json::object one_process(const process& process) {
    json::array options;
    for (const std::string& one : process.options) options.emplace_back(utf8(one));
    return {{"run", utf8(process.run_id)},
            {"started", to_text(process.started)},
            {"options", std::move(options)},
            {"plan", plan(process.plan)},
            {"machine", json::object{{"cpu", utf8(process.machine.cpu)},
                                     {"processors", process.machine.processors},
                                     {"kernel", utf8(process.machine.kernel)},
                                     {"hawser", utf8(process.machine.hawser)}}}};
}

json::object unsent(const swarm::unsent_requests& unsent) {
    return {{"server", unsent.by_server}, {"window", unsent.by_window}, {"generator", unsent.by_generator}};
}

json::object counters(const swarm::report& report) {
    const auto measured = [&report](double figure) {
        return report.seconds > 0 ? json::value(figure) : json::value(nullptr);
    };
    return {{"sent", report.sent},
            {"acked", report.acked},
            {"missing", report.missing},
            {"duplicate", report.duplicate},
            {"wrong", report.wrong},
            {"unknown", report.unknown},
            {"late", report.late},
            {"errors", report.errors},
            {"unsent", report.unsent.sum()},
            {"unsent_by", unsent(report.unsent)},
            {"unsent_allowed", report.unsent_allowed},
            {"ignored", report.ignored},
            {"connections", report.connections},
            {"measured", report.measured},
            {"interrupted", report.interrupted},
            {"measured_from_seconds", measured(report.measured_from)},
            {"seconds", measured(report.seconds)},
            {"planned_seconds",
             report.planned_seconds > 0 ? json::value(report.planned_seconds) : json::value(nullptr)},
            {"requests_per_second", or_null(report.requests_per_second())},
            {"load_busy", report.connections > 0 ? json::value(report.busy) : json::value(nullptr)},
            {"first_error", utf8(report.first_error)}};
}

// One key a line, so that a script that looks for "sent" with grep or sed does not find that of a slice first.
std::string in_lines(const json::object& object) {
    std::string text;
    for (const auto& [key, value] : object)
        text += (text.empty() ? "{" : ",\n") + json::serialize(key) + ":" + json::serialize(value);
    return text + "}\n";
}

}   // namespace

std::string to_json(const recording& run) {
    const swarm::report& report = run.report;
    json::object object = counters(report);
    object["latency_us"] = percentiles(report.latency);
    if (run.has_schedule()) object["latency_from_schedule_us"] = percentiles(report.latency_from_schedule);
    json::object kinds;
    for (const auto& [what, times] : report.errors_by_kind) kinds[utf8(what)] = times;
    object["errors_by_kind"] = std::move(kinds);
    json::array processes;
    for (const process& one : run.processes) processes.push_back(one_process(one));
    object["processes"] = std::move(processes);
    object["latency_histogram"] = histogram(report.latency);
    if (run.has_schedule()) object["latency_from_schedule_histogram"] = histogram(report.latency_from_schedule);
    object["timeline"] = timeline(report.over_time);
    return in_lines(object);
}

}   // namespace hawser::swarm_program
