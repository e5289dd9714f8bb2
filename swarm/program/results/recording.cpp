#include "recording.hpp"

#include <hawser/bytes.hpp>

#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/date_time/posix_time/time_formatters.hpp>

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <thread>

namespace hawser::swarm_program {

namespace {

// As the kernel names the processor. Some architectures have no such line.
std::string cpu_model(const std::string& otherwise) {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (!line.starts_with("model name")) continue;
        const std::size_t at = line.find(": ");
        if (at != std::string::npos) return line.substr(at + 2);
    }
    return otherwise;
}

}   // namespace

std::string to_text(wall_time when) {
    const auto since = when.time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(since);
    const boost::posix_time::ptime second(boost::gregorian::date(1970, 1, 1),
                                          boost::posix_time::seconds(whole.count()));
    const std::string thousandths = std::to_string(1000 + (since - whole).count()).substr(1);
    return boost::posix_time::to_iso_extended_string(second) + "." + thousandths + "Z";
}

machine machine::here() {
    utsname system{};
    const bool known = ::uname(&system) == 0;
    const std::string architecture = known ? system.machine : "unknown";
    return {.cpu = cpu_model(architecture),
            .processors = std::thread::hardware_concurrency(),
            .kernel = known ? std::string(system.sysname) + " " + system.release + " " + architecture : "unknown",
            .hawser = HAWSER_VERSION};
}

plan_summary plan_summary::from_plan(const swarm::plan& plan) {
    plan_summary summary;
    summary.clients = plan.clients;
    summary.window = plan.window;
    summary.count = plan.count;
    summary.warmup = plan.warmup;
    summary.timeout = plan.timeout;
    summary.seed = plan.seed;
    if (!plan.rate) summary.interval = plan.interval;
    if (plan.sends_for() != swarm::load_shape::for_ever) summary.sends_for = plan.sends_for();
    if (plan.payload_size) summary.payload_size = *plan.payload_size;
    return summary;
}

process process::now(int argc, const char* const* argv, const swarm::plan& plan) {
    std::random_device random;
    const std::array<std::uint32_t, 4> name{random(), random(), random(), random()};
    return {.run_id = to_hex(std::as_bytes(std::span(name)), '\0'),
            .started = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
            .options = std::vector<std::string>(argv + std::min(argc, 1), argv + argc),
            .plan = plan_summary::from_plan(plan),
            .machine = machine::here()};
}

void recording::merge(const recording& other) {
    report.merge(other.report);
    processes.insert(processes.end(), other.processes.begin(), other.processes.end());
}

bool recording::has_schedule() const noexcept {
    return std::ranges::any_of(processes, [](const process& one) { return one.plan.has_rate(); });
}

io::duration recording::warmup() const noexcept {
    io::duration longest{};
    for (const process& one : processes) longest = std::max(longest, one.plan.warmup);
    return longest;
}

io::duration recording::measured_from() const noexcept {
    const std::chrono::duration<double> first(report.measured_from);
    return std::max(warmup(), std::chrono::duration_cast<io::duration>(first));
}

io::duration recording::start_spread() const noexcept {
    const auto [first, last] = std::ranges::minmax_element(processes, {}, &process::started);
    return first == processes.end() ? io::duration::zero() : io::duration(last->started - first->started);
}

}   // namespace hawser::swarm_program
