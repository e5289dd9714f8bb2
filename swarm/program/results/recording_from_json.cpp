// A recording from a text that anybody may have written.
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

// 31 years: far from where a duration overflows, as everywhere in hawser.
constexpr double longest = 1e9;
// Seconds a slice: 300 of them are as long as that.
constexpr std::uint64_t widest_slice = std::uint64_t{1} << 22;
// As many processes as one would ever add up.
constexpr std::size_t most_processes = 10'000;

// A value, and its name in the file. Whatever is not as it should be throws, and says so with that name.
class place {
public:
    place(const json::value& what, std::string name) : what_(what), name_(std::move(name)) {}

    [[noreturn]] void refuse(const std::string& why) const {
        throw std::runtime_error((name_.empty() ? "it" : "\"" + name_ + "\"") + " " + why);
    }

    bool has(std::string_view key) const { return what_.is_object() && what_.get_object().contains(key); }
    bool is_null() const { return what_.is_null(); }

    place operator[](std::string_view key) const {
        const std::string name = (name_.empty() ? "" : name_ + ".") + std::string(key);
        if (!has(key)) place(what_, name).refuse("is missing: this is no result of hawser-swarm");
        return {what_.get_object().at(key), name};
    }

    // The elements of an array, of which there are not more than so many.
    std::vector<place> each(std::size_t most) const {
        const json::array& all = array();
        if (all.size() > most) refuse("has more than " + std::to_string(most) + " elements");
        std::vector<place> made;
        for (std::size_t i = 0; i < all.size(); ++i) made.emplace_back(all[i], name_ + "[" + std::to_string(i) + "]");
        return made;
    }

    const json::array& array() const {
        if (!what_.is_array()) refuse("is no array");
        return what_.get_array();
    }

    const json::object& object() const {
        if (!what_.is_object()) refuse("is no object");
        return what_.get_object();
    }

    std::uint64_t count(std::uint64_t most = most_counted) const {
        error_code failed;
        const auto number = what_.to_number<std::uint64_t>(failed);
        if (failed || what_.is_double()) refuse("is no count");
        if (number > most) refuse("is more than " + std::to_string(most));
        return number;
    }

    double number(double most) const {
        error_code failed;
        const auto read = what_.to_number<double>(failed);
        const bool good = !failed && read >= 0 && read <= most;   // and no NaN
        if (!good) refuse("is no number from 0 to " + std::to_string(static_cast<std::uint64_t>(most)));
        return read;
    }

    // Boost.JSON 1.81 reads some numbers wrongly in their last bit; a nanosecond is far from there.
    io::duration seconds() const { return std::chrono::nanoseconds(std::llround(number(longest) * 1e9)); }

    std::string text() const {
        if (!what_.is_string()) refuse("is no text");
        return std::string(what_.get_string());
    }

    bool flag() const {
        if (!what_.is_bool()) refuse("is neither true nor false");
        return what_.get_bool();
    }

private:
    const json::value& what_;
    std::string name_;
};

// What was recorded, if it is in the buckets that a histogram has: then it gives the same back.
swarm::histogram read_histogram(const place& from, swarm::histogram::precision with) {
    const place counts = from["counts"];
    std::vector<std::pair<io::duration, std::uint64_t>> buckets;
    std::uint64_t sum = 0;
    for (const json::value& one : counts.array()) {
        const place pair(one, "counts");
        if (pair.array().size() != 2) counts.refuse("has an element that is no pair [nanoseconds, count]");
        const auto top = place(one.get_array()[0], "nanoseconds").count();
        const auto times = place(one.get_array()[1], "count").count();
        sum += times;   // both are far from where that overflows
        if (sum > most_counted) counts.refuse("add up to more than " + std::to_string(most_counted));
        buckets.emplace_back(std::chrono::nanoseconds(top), times);
    }
    const io::duration max = std::chrono::nanoseconds(from["max_ns"].count());
    swarm::histogram made = swarm::histogram::of(buckets, max, with);
    if (made.buckets() != buckets) counts.refuse("are no buckets of such a histogram, in ascending order");
    swarm::histogram largest(with);
    largest.record(max);
    const bool fits = buckets.empty() ? max == io::duration::zero() : largest.buckets().back().first == buckets.back().first;
    if (!fits) from["max_ns"].refuse("is not in the last bucket");
    return made;
}

swarm::timeline read_timeline(const place& from) {
    const std::uint64_t width = from["slice_seconds"].count();
    if (!std::has_single_bit(width) || width > widest_slice) from["slice_seconds"].refuse("is no power of two");
    std::vector<swarm::timeline::slice> slices;
    for (const place& one : from["slices"].each(swarm::timeline::most_slices)) {
        swarm::timeline::slice& made = slices.emplace_back();
        made.sent = one["sent"].count();
        made.acked = one["acked"].count();
        made.failed = one["failed"].count();
        made.latency = read_histogram(one["latency"], swarm::histogram::precision::coarse);
    }
    return swarm::timeline::of(std::chrono::seconds(width), std::move(slices));
}

template <class Value>
std::optional<Value> unless_null(const place& from, Value (*read)(const place&)) {
    return from.is_null() ? std::nullopt : std::optional<Value>(read(from));
}

std::uint64_t any_count(const place& from) { return from.count(); }
io::duration any_time(const place& from) { return from.seconds(); }
std::uint32_t small_count(const place& from) {
    return static_cast<std::uint32_t>(from.count(std::numeric_limits<std::uint32_t>::max()));
}

figures read_plan(const place& from) {
    figures made;
    made.clients = small_count(from["clients"]);
    made.window = small_count(from["window"]);
    made.count = unless_null(from["count"], &any_count);
    made.interval = unless_null(from["interval_seconds"], &any_time);
    made.warmup = from["warmup_seconds"].seconds();
    made.sends_for = unless_null(from["sends_for_seconds"], &any_time);
    made.payload_size = unless_null(from["payload_size"], &any_count);
    made.timeout = from["timeout_seconds"].seconds();
    made.seed = from["seed"].count(std::numeric_limits<std::uint64_t>::max());
    return made;
}

// What is read is a time if it is what would have been written for it.
wall_time read_time(const place& from) {
    const std::string text = from.text();
    try {
        const auto read = boost::posix_time::from_iso_extended_string(text.substr(0, text.find('Z')));
        const auto since = read - boost::posix_time::ptime(boost::gregorian::date(1970, 1, 1));
        const wall_time made{std::chrono::milliseconds(since.total_milliseconds())};
        constexpr std::chrono::years of_sense(200);   // differences of times have room in nanoseconds
        const bool is_sane = made >= wall_time() && made.time_since_epoch() < of_sense;
        if (!read.is_special() && is_sane && to_text(made) == text) return made;
    } catch (const std::exception&) {   // of many types; all say that it is no time
    }
    from.refuse("is no time as in " + to_text(wall_time{}));
}

process read_process(const place& from) {
    process made;
    made.run = from["run"].text();
    made.started = read_time(from["started"]);
    for (const place& one : from["options"].each(longest_recording)) made.options.push_back(one.text());
    made.plan = read_plan(from["plan"]);
    const place machine = from["machine"];
    made.where.cpu = machine["cpu"].text();
    made.where.processors = small_count(machine["processors"]);
    made.where.kernel = machine["kernel"].text();
    made.where.hawser = machine["hawser"].text();
    return made;
}

double seconds_or_none(const place& from) {
    return from.is_null() ? 0 : std::chrono::duration<double>(from.seconds()).count();
}

void read_unsent(const place& from, swarm::unsent_requests& into) {
    const place by = from["unsent_by"];
    into = {.by_server = by["server"].count(), .by_window = by["window"].count(), .by_generator = by["generator"].count()};
    if (from["unsent"].count() != into.sum()) from["unsent"].refuse("is not the sum of those in \"unsent_by\"");
}

void read_counters(const place& from, swarm::report& into) {
    into.sent = from["sent"].count();
    into.acked = from["acked"].count();
    into.missing = from["missing"].count();
    into.duplicate = from["duplicate"].count();
    into.wrong = from["wrong"].count();
    into.unknown = from["unknown"].count();
    into.late = from["late"].count();
    into.errors = from["errors"].count();
    into.ignored = from["ignored"].count();
    read_unsent(from, into.unsent);
    into.unsent_allowed = from["unsent_allowed"].flag();
    into.connections = from["connections"].count();
    into.measured = from["measured"].count();
    into.interrupted = from["interrupted"].flag();
    into.measured_from = seconds_or_none(from["measured_from_seconds"]);
    into.seconds = seconds_or_none(from["seconds"]);
    if (into.seconds == 0) into.measured_from = 0;   // nothing was
    into.planned_seconds = seconds_or_none(from["planned_seconds"]);
    into.busy = from["load_busy"].is_null() || into.connections == 0 ? 0 : from["load_busy"].number(longest);
    into.first_error = from["first_error"].text();
    const place kinds = from["errors_by_kind"];
    if (kinds.object().size() > swarm::report::most_kinds + 1) kinds.refuse("has too many kinds");
    for (const auto& one : kinds.object())
        into.errors_by_kind[std::string(one.key())] = place(one.value(), "errors_by_kind").count();
}

recording read_all(const place& from) {
    recording made;
    for (const char* key : {"sent", "acked", "seconds", "latency_us"}) static_cast<void>(from[key]);
    if (!from.has("timeline"))
        throw std::runtime_error("it is of an older hawser-swarm, which kept no timeline; one of this version is needed");
    read_counters(from, made.report);
    for (const place& one : from["processes"].each(most_processes)) made.processes.push_back(read_process(one));
    if (made.processes.empty()) from["processes"].refuse("are none");
    constexpr auto fine = swarm::histogram::precision::fine;
    made.report.latency = read_histogram(from["latency_histogram"], fine);
    if (made.has_schedule()) made.report.latency_from_schedule = read_histogram(from["latency_from_schedule_histogram"], fine);
    made.report.over_time = read_timeline(from["timeline"]);
    return made;
}

}  // namespace

recording from_json(std::string_view text) {
    if (text.size() > longest_recording) throw std::runtime_error("it is too long for a result of hawser-swarm");
    json::monotonic_resource memory;
    error_code failed;
    const json::value all = json::parse({text.data(), text.size()}, failed, &memory);
    if (failed) throw std::runtime_error("it is no JSON: " + failed.message());
    return read_all(place(all, ""));
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

}  // namespace hawser::swarm_program
