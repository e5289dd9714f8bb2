// Results come back as they were written, and nothing else is taken for one.
#include "synthetic_runs.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <functional>
#include <stdexcept>

using namespace hawser;
using namespace std::chrono_literals;
using swarm_program::recording;

namespace {

// One in which nothing is what it is by default.
recording everything() {
    recording made = synthetic_runs::run({.seconds = 5}, 3);
    made.processes = {synthetic_runs::process({"--connect", ":8888", "--rate", "0..10:5s",
                                               "it's \"quoted\" \\ and\nmore"}),
                      synthetic_runs::process()};
    made.processes[0].plan = {.clients = 7,
                              .window = 9,
                              .count = 1'000'000'007,
                              .interval = {},
                              .warmup = 1500ms,
                              .sends_for = 31500ms,
                              .payload_size = 0,
                              .timeout = 250us,
                              .seed = ~std::uint64_t{0}};
    swarm::report& report = made.report;
    report.missing = 1;
    report.duplicate = 2;
    report.wrong = 3;
    report.unknown = 4;
    report.late = 5;
    report.connections = 6;
    report.ignored = 66;
    report.unsent = {.by_server = 7, .by_window = 8, .by_generator = 9};
    report.unsent_allowed = true;
    report.planned_seconds = 13.5;
    report.error("<script>alert('lost')</script>");
    report.error("other");
    report.error("other");
    report.interrupted = true;
    report.measured_from = 1.500000123;
    report.seconds = 12.345678901;
    report.busy = 0.75;
    report.latency.record(0ns);
    report.latency.record(100s);   // beyond the range
    report.latency_from_schedule.merge(report.latency);
    report.latency_from_schedule.record(123456789ns, (std::uint64_t{1} << 53) - 2 * report.latency.count());
    report.over_time.at(200s).failed = 3;
    return made;
}

void check_same(const swarm::histogram& one, const swarm::histogram& other) {
    BOOST_TEST((one.buckets() == other.buckets()));
    BOOST_TEST((one.max() == other.max()));
    BOOST_TEST(one.count() == other.count());
}

void check_same(const swarm::timeline& one, const swarm::timeline& other) {
    BOOST_TEST((one.width() == other.width()));
    BOOST_TEST_REQUIRE(one.slices().size() == other.slices().size());
    for (std::size_t i = 0; i < one.slices().size(); ++i) {
        BOOST_TEST(one.slices()[i].sent == other.slices()[i].sent);
        BOOST_TEST(one.slices()[i].acked == other.slices()[i].acked);
        BOOST_TEST(one.slices()[i].failed == other.slices()[i].failed);
        check_same(one.slices()[i].latency, other.slices()[i].latency);
    }
}

void check_same(const recording& one, const recording& other) {
    BOOST_TEST((one.processes == other.processes));
    const swarm::report& a = one.report;
    const swarm::report& b = other.report;
    for (const auto member :
         {&swarm::counters::sent, &swarm::counters::acked, &swarm::counters::missing, &swarm::counters::duplicate,
          &swarm::counters::wrong, &swarm::counters::unknown, &swarm::counters::late, &swarm::counters::errors,
          &swarm::counters::connections, &swarm::counters::measured, &swarm::counters::ignored})
        BOOST_TEST((a.*member) == (b.*member));
    BOOST_TEST((a.errors_by_kind == b.errors_by_kind));
    BOOST_TEST(a.first_error == b.first_error);
    BOOST_TEST(a.interrupted == b.interrupted);
    BOOST_TEST(a.measured_from == b.measured_from);
    BOOST_TEST(a.seconds == b.seconds);
    BOOST_TEST(a.planned_seconds == b.planned_seconds);
    BOOST_TEST((a.unsent == b.unsent));
    BOOST_TEST(a.unsent_allowed == b.unsent_allowed);
    BOOST_TEST(a.busy == b.busy);
    check_same(a.latency, b.latency);
    check_same(a.latency_from_schedule, b.latency_from_schedule);
    check_same(a.over_time, b.over_time);
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
    const std::size_t at = text.find(what);
    BOOST_TEST_REQUIRE(at != std::string::npos, what);
    return text.replace(at, what.size(), instead);
}

std::string refusal(const std::string& text) {
    try {
        static_cast<void>(swarm_program::from_json(text));
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "taken";
}

}   // namespace

BOOST_AUTO_TEST_SUITE(recordings)

BOOST_AUTO_TEST_CASE(all_that_is_in_a_recording_comes_back_exactly) {
    const recording made = everything();
    check_same(swarm_program::from_json(to_json(made)), made);
}

BOOST_AUTO_TEST_CASE(times_of_any_length_come_back_to_the_nanosecond) {
    recording made;
    made.processes = {synthetic_runs::process()};
    std::mt19937_64 random(5);
    for (int i = 0; i < 1000; ++i) {
        const std::chrono::nanoseconds took(std::uniform_int_distribution<std::int64_t>(0, std::int64_t{1}
                                                                                               << (i % 44))(random));
        made.report.seconds = std::chrono::duration<double>(took).count();
        made.processes[0].plan.warmup = took;
        const recording read = swarm_program::from_json(to_json(made));
        BOOST_TEST(read.report.seconds == made.report.seconds);
        BOOST_TEST((read.processes[0].plan.warmup == took));
    }
}

BOOST_AUTO_TEST_CASE(an_empty_run_comes_back_too) {
    recording nothing;
    nothing.processes = {synthetic_runs::process()};
    check_same(swarm_program::from_json(to_json(nothing)), nothing);
}

BOOST_AUTO_TEST_CASE(adding_up_what_was_read_is_adding_up_what_was_written) {
    recording one = everything();
    one.report.latency_from_schedule = swarm::histogram();
    const recording other = synthetic_runs::run({.seconds = 400}, 4);   // wider slices
    recording read = swarm_program::from_json(to_json(one));
    read.merge(swarm_program::from_json(to_json(other)));
    one.merge(other);
    check_same(read, one);
    check_same(swarm_program::from_json(to_json(read)), one);
}

BOOST_AUTO_TEST_CASE(what_was_not_measured_is_null) {
    recording nothing;
    nothing.processes = {synthetic_runs::process()};
    const std::string text = to_json(nothing);
    for (const char* name : {"seconds", "measured_from_seconds", "planned_seconds", "requests_per_second", "load_busy"})
        BOOST_TEST((text.find("\"" + std::string(name) + "\":null") != std::string::npos), name);
    BOOST_TEST((text.find("{\"p50\":null,\"p90\":null,\"p99\":null,\"p999\":null,\"p9999\":null,\"max\":null}") !=
                std::string::npos));
    check_same(swarm_program::from_json(text), nothing);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_utf8_is_written_as_json_all_the_same) {
    recording made = everything();
    made.processes[0].options.push_back("\xff\xfe.json");
    made.report.first_error = "peer said \x80";
    const recording read = swarm_program::from_json(to_json(made));
    BOOST_TEST(read.report.first_error == "peer said \xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(what_is_no_result_is_refused_in_one_line_that_says_why) {
    const std::string good = to_json(everything());
    BOOST_TEST(refusal(good) == "taken");
    const std::vector<std::array<std::string, 3>> bad{
        {"\"sent\":", "\"snt\":", "\"sent\" is missing: this is no result of hawser-swarm"},
        {"\"missing\":1", "\"missing\":-1", "\"missing\" is no count"},
        {"\"missing\":1", "\"missing\":1.5", "\"missing\" is no count"},
        {"\"missing\":1", "\"missing\":9007199254740993", "\"missing\" is more than 9007199254740992"},
        {"\"missing\":1", "\"missing\":99999999999999999999", "\"missing\" is no count"},
        {"\"unsent\":24", "\"unsent\":23", "\"unsent\" is not the sum of those in \"unsent_by\""},
        {"\"window\":8", "\"window\":null", "\"unsent_by.window\" is no count"},
        {"\"interrupted\":true", "\"interrupted\":1", "\"interrupted\" is neither true nor false"},
        {"\"load_busy\":7.5E-1", "\"load_busy\":-1", "\"load_busy\" is no number from 0 to 1000000000"},
        {"\"load_busy\":7.5E-1", "\"load_busy\":1e999", "\"load_busy\" is no number from 0 to 1000000000"},
        {"\"slice_seconds\":1", "\"slice_seconds\":3", "\"timeline.slice_seconds\" is no power of two"},
        {"\"slice_seconds\":1", "\"slice_seconds\":0", "\"timeline.slice_seconds\" is no power of two"},
        {"\"slice_seconds\":1", "\"slice_seconds\":4611686018427387904",
         "\"timeline.slice_seconds\" is more than 9007199254740992"},
        {"\"slice_seconds\":1", "\"slice_seconds\":8388608", "\"timeline.slice_seconds\" is no power of two"},
        {"\"started\":\"2026", "\"started\":\"2026-13",
         "\"processes[0].started\" is no time as in 1970-01-01T00:00:00.000Z"},
        {"\"started\":\"2026", "\"started\":\"9026",
         "\"processes[0].started\" is no time as in 1970-01-01T00:00:00.000Z"},
        {"\"started\":\"2026", "\"started\":\"1426",
         "\"processes[0].started\" is no time as in 1970-01-01T00:00:00.000Z"},
        {"\"seed\":18446744073709551615", "\"seed\":null", "\"processes[0].plan.seed\" is no count"},
        {"\"clients\":7", "\"clients\":4294967296", "\"processes[0].plan.clients\" is more than 4294967295"},
        {"[123469823,", "[123469822,",
         "\"latency_from_schedule_histogram.counts\" are no buckets of such a histogram, in ascending order"},
        {"[123469823,", "[123469823,7],[123469823,",
         "\"latency_from_schedule_histogram.counts\" are no buckets of such a histogram, in ascending order"},
        {"[123469823,", "[123469823,1,",
         "\"latency_from_schedule_histogram.counts\" has an element that is no pair [nanoseconds, count]"},
        {"[123469823,", "[123469823,9007199254740992],[123535359,",
         "\"latency_from_schedule_histogram.counts\" add up to more than 9007199254740992"},
        {"\"max_ns\":100000000000", "\"max_ns\":1", "\"latency_histogram.max_ns\" is not in the last bucket"},
        {"\"slices\":[", "\"slices\":[7,", "\"timeline.slices[0].sent\" is missing: this is no result of hawser-swarm"},
        {"\"slices\":[", "\"slices\":{},\"s\":[", "\"timeline.slices\" is no array"},
        {"\"timeline\":{", "\"time\":{",
         "it is of an older hawser-swarm, which kept no timeline; one of this version is needed"},
        {"\"processes\":[", "\"processes\":[],\"p\":[", "\"processes\" are none"}};
    for (const auto& [what, instead, why] : bad) BOOST_TEST(refusal(with(good, what, instead)) == why);
}

BOOST_AUTO_TEST_CASE(other_texts_are_refused_too) {
    for (const char* text : {"", "{", "hello", "{\"sent\":1}x", "\xff"})
        BOOST_TEST(refusal(text).starts_with("it is no JSON: "), text);
    for (const char* text : {"{}", "[]", "7", "null", "\"sent\""})
        BOOST_TEST(refusal(text) == "\"sent\" is missing: this is no result of hawser-swarm", text);
    BOOST_TEST(refusal(std::string(1 << 20, '[')).starts_with("it is no JSON: "));
    BOOST_TEST(refusal(std::string(swarm_program::longest_recording + 1, ' ')) ==
               "it is too long for a result of hawser-swarm");
    std::string slices = "\"slices\":[{}";
    for (std::size_t i = 0; i < swarm::timeline::most_slices; ++i) slices += ",{}";
    BOOST_TEST(refusal(with(to_json(everything()), "\"slices\":[", slices + ",")) ==
               "\"timeline.slices\" has more than 300 elements");
    std::string kinds = "\"errors_by_kind\":{";
    for (int i = 0; i < 40; ++i) kinds += "\"" + std::to_string(i) + "\":1,";
    BOOST_TEST(refusal(with(to_json(everything()), "\"errors_by_kind\":{", kinds)) ==
               "\"errors_by_kind\" has too many kinds");
}

BOOST_AUTO_TEST_CASE(a_result_that_is_cut_anywhere_is_none) {
    const std::string good = to_json(everything());
    for (std::size_t size = 0; size + 2 < good.size(); size += 1 + good.size() / 997)
        BOOST_TEST(refusal(good.substr(0, size)) != "taken");
}

BOOST_AUTO_TEST_CASE(a_result_with_any_byte_changed_is_refused_or_is_a_result_that_can_be_written_again) {
    const std::string good = to_json(everything());
    std::mt19937_64 random(6);
    int taken = 0;
    for (int i = 0; i < 600; ++i) {
        std::string text = good;
        text[std::uniform_int_distribution<std::size_t>(0, good.size() - 1)(random)] =
            "0123456789-.,:[]{}\"eE"[random() % 21];
        try {
            const recording read = swarm_program::from_json(text);
            check_same(swarm_program::from_json(to_json(read)), read);
            ++taken;
        } catch (const std::runtime_error&) {   // anything else fails the test
        }
    }
    BOOST_TEST(taken > 0);
    BOOST_TEST(taken < 600);
}

BOOST_AUTO_TEST_CASE(the_largest_result_there_can_be_is_within_the_limit) {
    recording made;
    made.processes = {synthetic_runs::process()};
    made.processes[0].plan.interval.reset();
    swarm::histogram fine;
    swarm::timeline::slice full;
    for (std::uint64_t ns = 0; ns < std::uint64_t{1} << 36; ns += 1 + (ns >> 11)) {
        fine.record(std::chrono::nanoseconds(ns), 4'000'000'000);
        full.latency.record(std::chrono::nanoseconds(ns), 4'000'000'000);
    }
    made.report.latency = made.report.latency_from_schedule = fine;
    made.report.over_time = swarm::timeline::from_slices(1s, std::vector(swarm::timeline::most_slices, full));
    const std::string text = to_json(made);
    BOOST_TEST(text.size() < swarm_program::longest_recording);
    BOOST_TEST(refusal(text) == "taken");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named) {
    for (const std::string path : {"no/such/file.json", "."})
        BOOST_CHECK_EXCEPTION(static_cast<void>(swarm_program::read_recording(path)), std::runtime_error,
                              [&](const std::runtime_error& error) {
                                  return error.what() == path + ": it cannot be read";
                              });
}

BOOST_AUTO_TEST_CASE(when_it_began_is_utc) {
    BOOST_TEST(swarm_program::to_text(swarm_program::wall_time(1'795'297'743'021ms)) == "2026-11-21T21:49:03.021Z");
    BOOST_TEST(swarm_program::to_text(swarm_program::wall_time{}) == "1970-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_SUITE_END()
