// Reads a recording from a text that may hold anything.
#include "recording.hpp"

#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/date_time/posix_time/time_parsers.hpp>
#include <boost/json.hpp>

#include <bit>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <utility>

namespace hawser::swarm_program {

namespace {

namespace json = boost::json;

// In seconds: 31 years, far from where a duration overflows.
constexpr double longest = 1e9;
// Seconds a slice: 300 of them are as long as that.
constexpr std::uint64_t widest_slice = std::uint64_t{1} << 22;
// More processes than anybody adds up.
constexpr std::size_t most_processes = 10'000;

// A value, and its name in the file. What is not as it should be throws std::runtime_error with that name.
class json_field {
public:
    json_field(const json::value& value, std::string name) : value_(value), name_(std::move(name)) {}

    [[noreturn]] void refuse(const std::string& why) const {
        throw std::runtime_error((name_.empty() ? "it" : "\"" + name_ + "\"") + " " + why);
    }

    bool has(std::string_view key) const { return value_.is_object() && value_.get_object().contains(key); }
    bool is_null() const { return value_.is_null(); }

    json_field operator[](std::string_view key) const {
        const std::string name = (name_.empty() ? "" : name_ + ".") + std::string(key);
        if (!has(key)) json_field(value_, name).refuse("is missing: this is no result of hawser-swarm");
        return {value_.get_object().at(key), name};
    }

    // The elements of an array; throws if there are more than `most`.
    std::vector<json_field> elements(std::size_t most) const {
        const json::array& all = array();
        if (all.size() > most) refuse("has more than " + std::to_string(most) + " elements");
        std::vector<json_field> fields;
        for (std::size_t i = 0; i < all.size(); ++i) fields.emplace_back(all[i], name_ + "[" + std::to_string(i) + "]");
        return fields;
    }

    const json::array& array() const {
        if (!value_.is_array()) refuse("is no array");
        return value_.get_array();
    }

    const json::object& object() const {
        if (!value_.is_object()) refuse("is no object");
        return value_.get_object();
    }

    std::uint64_t count(std::uint64_t most = most_counted) const {
        error_code failed;
        const auto number = value_.to_number<std::uint64_t>(failed);
        if (failed || value_.is_double()) refuse("is no count");
        if (number > most) refuse("is more than " + std::to_string(most));
        return number;
    }

    double number(double most) const {
        error_code failed;
        const auto read = value_.to_number<double>(failed);
        const bool good = !failed && read >= 0 && read <= most;   // and no NaN
        if (!good) refuse("is no number from 0 to " + std::to_string(static_cast<std::uint64_t>(most)));
        return read;
    }

    // Boost.JSON 1.81 reads some numbers wrongly in their last bit; a nanosecond is far from there.
    io::duration seconds() const { return std::chrono::nanoseconds(std::llround(number(longest) * 1e9)); }

    std::string text() const {
        if (!value_.is_string()) refuse("is no text");
        return std::string(value_.get_string());
    }

    bool flag() const {
        if (!value_.is_bool()) refuse("is neither true nor false");
        return value_.get_bool();
    }

private:
    const json::value& value_;
    std::string name_;
};

// The buckets have to be those of such a histogram: a histogram made of them gives the same buckets back.
swarm::histogram read_histogram(const json_field& from, swarm::histogram::precision precision) {
    const json_field counts = from["counts"];
    std::vector<std::pair<io::duration, std::uint64_t>> buckets;
    std::uint64_t sum = 0;
    for (const json::value& one : counts.array()) {
        const json_field pair(one, "counts");
        if (pair.array().size() != 2) counts.refuse("has an element that is no pair [nanoseconds, count]");
        const auto top = json_field(one.get_array()[0], "nanoseconds").count();
        const auto times = json_field(one.get_array()[1], "count").count();
        sum += times;   // both are far from where that overflows
        if (sum > most_counted) counts.refuse("add up to more than " + std::to_string(most_counted));
        buckets.emplace_back(std::chrono::nanoseconds(top), times);
    }
    const io::duration max = std::chrono::nanoseconds(from["max_ns"].count());
    swarm::histogram histogram = swarm::histogram::from_buckets(buckets, max, precision);
    if (histogram.buckets() != buckets) counts.refuse("are no buckets of such a histogram, in ascending order");
    swarm::histogram largest(precision);
    largest.record(max);
    const bool fits = buckets.empty() ? max == io::duration::zero()
                                      : largest.buckets().back().first == buckets.back().first;
    if (!fits) from["max_ns"].refuse("is not in the last bucket");
    return histogram;
}

swarm::timeline read_timeline(const json_field& from) {
    const std::uint64_t width = from["slice_seconds"].count();
    if (!std::has_single_bit(width) || width > widest_slice) from["slice_seconds"].refuse("is no power of two");
    std::vector<swarm::timeline::slice> slices;
    for (const json_field& one : from["slices"].elements(swarm::timeline::most_slices)) {
        swarm::timeline::slice& slice = slices.emplace_back();
        slice.sent = one["sent"].count();
        slice.acked = one["acked"].count();
        slice.failed = one["failed"].count();
        slice.latency = read_histogram(one["latency"], swarm::histogram::precision::coarse);
    }
    return swarm::timeline::from_slices(std::chrono::seconds(width), std::move(slices));
}

template <class Value>
std::optional<Value> unless_null(const json_field& from, Value (*read)(const json_field&)) {
    return from.is_null() ? std::nullopt : std::optional<Value>(read(from));
}

std::uint64_t any_count(const json_field& from) { return from.count(); }
io::duration any_time(const json_field& from) { return from.seconds(); }
std::uint32_t small_count(const json_field& from) {
    return static_cast<std::uint32_t>(from.count(std::numeric_limits<std::uint32_t>::max()));
}

plan_summary read_plan(const json_field& from) {
    plan_summary plan;
    plan.clients = small_count(from["clients"]);
    plan.window = small_count(from["window"]);
    plan.count = unless_null(from["count"], &any_count);
    plan.interval = unless_null(from["interval_seconds"], &any_time);
    plan.warmup = from["warmup_seconds"].seconds();
    plan.sends_for = unless_null(from["sends_for_seconds"], &any_time);
    plan.payload_size = unless_null(from["payload_size"], &any_count);
    plan.timeout = from["timeout_seconds"].seconds();
    plan.seed = from["seed"].count(std::numeric_limits<std::uint64_t>::max());
    return plan;
}

// A text is a time if writing that time gives the same text.
wall_time read_time(const json_field& from) {
    const std::string text = from.text();
    try {
        const auto read = boost::posix_time::from_iso_extended_string(text.substr(0, text.find('Z')));
        const auto since = read - boost::posix_time::ptime(boost::gregorian::date(1970, 1, 1));
        const wall_time time{std::chrono::milliseconds(since.total_milliseconds())};
        constexpr std::chrono::years of_sense(200);   // so that differences of times fit in nanoseconds
        const bool is_sane = time >= wall_time() && time.time_since_epoch() < of_sense;
        if (!read.is_special() && is_sane && to_text(time) == text) return time;
    } catch (const std::exception&) {   // Boost throws several types, all because it is no time
    }
    from.refuse("is no time as in " + to_text(wall_time{}));
}

process read_process(const json_field& from) {
    swarm_program::process process;
    process.run_id = from["run"].text();
    process.started = read_time(from["started"]);
    for (const json_field& one : from["options"].elements(longest_recording)) process.options.push_back(one.text());
    process.plan = read_plan(from["plan"]);
    const json_field machine = from["machine"];
    process.machine.cpu = machine["cpu"].text();
    process.machine.processors = small_count(machine["processors"]);
    process.machine.kernel = machine["kernel"].text();
    process.machine.hawser = machine["hawser"].text();
    return process;
}

double seconds_or_none(const json_field& from) {
    return from.is_null() ? 0 : std::chrono::duration<double>(from.seconds()).count();
}

void read_unsent(const json_field& from, swarm::unsent_requests& unsent) {
    const json_field by = from["unsent_by"];
    unsent = {.by_server = by["server"].count(),
              .by_window = by["window"].count(),
              .by_generator = by["generator"].count()};
    if (from["unsent"].count() != unsent.sum()) from["unsent"].refuse("is not the sum of those in \"unsent_by\"");
}

void read_counters(const json_field& from, swarm::report& report) {
    report.sent = from["sent"].count();
    report.acked = from["acked"].count();
    report.missing = from["missing"].count();
    report.duplicate = from["duplicate"].count();
    report.wrong = from["wrong"].count();
    report.unknown = from["unknown"].count();
    report.late = from["late"].count();
    report.errors = from["errors"].count();
    report.ignored = from["ignored"].count();
    read_unsent(from, report.unsent);
    report.unsent_allowed = from["unsent_allowed"].flag();
    report.connections = from["connections"].count();
    report.measured = from["measured"].count();
    report.interrupted = from["interrupted"].flag();
    report.measured_from = seconds_or_none(from["measured_from_seconds"]);
    report.seconds = seconds_or_none(from["seconds"]);
    if (report.seconds == 0) report.measured_from = 0;   // nothing was
    report.planned_seconds = seconds_or_none(from["planned_seconds"]);
    report.busy = from["load_busy"].is_null() || report.connections == 0 ? 0 : from["load_busy"].number(longest);
    report.first_error = from["first_error"].text();
    const json_field kinds = from["errors_by_kind"];
    if (kinds.object().size() > swarm::report::most_kinds + 1) kinds.refuse("has too many kinds");
    for (const auto& one : kinds.object())
        report.errors_by_kind[std::string(one.key())] = json_field(one.value(), "errors_by_kind").count();
}

recording read_all(const json_field& from) {
    recording run;
    for (const char* key : {"sent", "acked", "seconds", "latency_us"}) static_cast<void>(from[key]);
    if (!from.has("timeline"))
        throw std::runtime_error(
            "it is of an older hawser-swarm, which kept no timeline; one of this version is needed");
    read_counters(from, run.report);
    for (const json_field& one : from["processes"].elements(most_processes)) run.processes.push_back(read_process(one));
    if (run.processes.empty()) from["processes"].refuse("are none");
    constexpr auto fine = swarm::histogram::precision::fine;
    run.report.latency = read_histogram(from["latency_histogram"], fine);
    if (run.has_schedule())
        run.report.latency_from_schedule = read_histogram(from["latency_from_schedule_histogram"], fine);
    run.report.over_time = read_timeline(from["timeline"]);
    return run;
}

}   // namespace

recording from_json(std::string_view text) {
    if (text.size() > longest_recording) throw std::runtime_error("it is too long for a result of hawser-swarm");
    json::monotonic_resource memory;
    error_code failed;
    const json::value all = json::parse({text.data(), text.size()}, failed, &memory);
    if (failed) throw std::runtime_error("it is no JSON: " + failed.message());
    return read_all(json_field(all, ""));
}

recording read_recording(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(longest_recording + 1, '\0');
    if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.eof() && file.gcount() == 0) throw std::runtime_error(path + ": it cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    try {
        return from_json(text);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(path + ": " + error.what());
    }
}

}   // namespace hawser::swarm_program
