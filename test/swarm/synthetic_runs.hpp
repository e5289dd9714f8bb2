// Runs that never were, of known mean and spread.
#pragma once

#include <swarm/program/results/recording.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace synthetic_runs {

namespace swarm = hawser::swarm;
namespace swarm_program = hawser::swarm_program;
using hawser::io::duration;

inline duration micros(double count) {
    return std::chrono::duration_cast<duration>(std::chrono::duration<double, std::micro>(count));
}

inline swarm_program::process process(std::vector<std::string> options = {"--connect", ":8888"}) {
    swarm_program::process made;
    made.run_id = "0123456789abcdef";
    made.started = swarm_program::wall_time(std::chrono::milliseconds(1'795'297'743'021));
    made.options = std::move(options);
    made.plan.clients = 5;
    made.plan.window = 1;
    made.plan.interval = std::chrono::seconds(1);
    made.plan.timeout = std::chrono::seconds(5);
    made.machine = {.cpu = "a processor", .processors = 2, .kernel = "a kernel", .hawser = "0.1.0"};
    return made;
}

// Latencies around a median of 1 as those of servers are, with a tail above; drawn once, as very many are needed.
inline std::vector<double> some_latencies() {
    std::mt19937_64 random(0);
    std::lognormal_distribution<> around(0, 0.2);
    std::vector<double> made(1 << 16);
    std::ranges::generate(made, [&] { return around(random); });
    return made;
}

struct shape {
    int seconds = 30;
    double rate = 1200;     // answers a second
    double latency = 200;   // the median, in us
    double spread = 0.01;   // of each second around these, as a part of them
    double alike = 0;       // how much of its deviation a second leaves to the next
};

// A run of such seconds. What is before the first and after the last of them belongs to it, and to no comparison.
inline swarm_program::recording run(const shape& of, unsigned seed) {
    static const std::vector<double> factors = some_latencies();
    std::mt19937_64 random(seed);
    std::normal_distribution<> normal;
    std::vector<swarm::timeline::slice> slices(static_cast<std::size_t>(of.seconds) + 2);
    swarm_program::recording made;
    made.processes = {process()};
    double of_rate = normal(random);
    double of_latency = normal(random);
    for (swarm::timeline::slice& one : slices) {
        of_rate = of.alike * of_rate + std::sqrt(1 - of.alike * of.alike) * normal(random);
        of_latency = of.alike * of_latency + std::sqrt(1 - of.alike * of.alike) * normal(random);
        one.sent = one.acked = static_cast<std::uint64_t>(std::max(0.0,
                                                                   std::round(of.rate * (1 + of.spread * of_rate))));
        const double median = of.latency * (1 + of.spread * of_latency);
        for (std::uint64_t i = 0; i < one.acked; ++i) {
            const duration took = micros(median * factors[random() % factors.size()]);
            one.latency.record(took);
            made.report.latency.record(took);
        }
        made.report.sent += one.sent;
    }
    made.report.acked = made.report.measured = made.report.sent;
    made.report.seconds = of.seconds + 2;
    for (std::size_t i = 0; i < slices.size(); ++i) made.report.over_time.at(std::chrono::seconds(i)).merge(slices[i]);
    return made;
}

}   // namespace synthetic_runs
