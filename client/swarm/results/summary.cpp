#include "summary.hpp"

#include "../readable.hpp"

#include <hawser/bytes.hpp>

#include <iomanip>
#include <locale>
#include <sstream>

namespace hawser::swarm_program {

namespace {

std::string latency_line(const char* name, const client::histogram& of) {
    return std::string(name) + ": p50 " + readable(of.percentile(0.5)) + ", p90 " + readable(of.percentile(0.9)) + ", p99 " +
           readable(of.percentile(0.99)) + ", p99.9 " + readable(of.percentile(0.999)) + ", p99.99 " + readable(of.percentile(0.9999)) +
           ", max " + readable(of.max()) + "\n";
}

}  // namespace

// More than any error of ours has.
constexpr std::size_t longest_error = 500;

std::string verdict(const client::report& of) {
    if (of.good()) return "ok: every submit was acked exactly once";
    std::string why;
    const auto add = [&why](std::uint64_t count, const std::string& what) {
        if (count > 0) why += (why.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    };
    add(of.missing, "missing");
    add(of.wrong, "wrong");
    add(of.duplicate, "duplicate");
    add(of.unknown, "unknown");
    add(of.late, "late");
    add(of.errors, "errors");
    if (of.interrupted) why += std::string(why.empty() ? "" : ", ") + "interrupted";
    if (!of.first_error.empty()) why += " (" + escaped(as_bytes(of.first_error), longest_error) + ")";   // it may be from a file
    return "not ok: " + why;
}

std::string text_summary(const client::report& of) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << "sent " << of.sent << ", acked " << of.acked << ", missing " << of.missing << ", duplicate " << of.duplicate
         << ", wrong " << of.wrong << ", unknown " << of.unknown << ", late " << of.late << ", errors " << of.errors << '\n'
         << std::fixed << std::setprecision(0) << of.requests_per_second() << " requests a second over "
         << std::setprecision(3) << of.seconds << " s\n"
         << latency_line("latency", of.latency);
    if (of.latency_from_schedule.count() > 0)
        text << latency_line("latency from schedule", of.latency_from_schedule);
    if (of.load_was_the_limit())
        text << "the load generator was the limit: its thread was busy for " << readable(of.busy * 100) << " % of the time\n";
    text << verdict(of) << '\n';
    return text.str();
}

}  // namespace hawser::swarm_program
