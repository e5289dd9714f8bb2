// bench-load: the only load generator of the benchmark, the same for every server.
//
//   bench-load --port 8888 --connections 100 --window 64 --seconds 5
//
// One thread, epoll, and frames that are made before the start. It checks each ack: a run with a wrong or missing ack
// is worthless, and the exit status says so.
#include "idle.hpp"
#include "loop.hpp"
#include "pair.hpp"

#include <tools/command_line.hpp>
#include <tools/quantity.hpp>

#include <sys/resource.h>

#include <iostream>
#include <system_error>

namespace {

using hawser::tools::into_count;

struct options {
    bench::plan plan;
    std::uint32_t port = 0;
    std::uint32_t connections = 10;
    std::uint32_t window = 1;
    std::uint32_t idle = 0;
    std::uint32_t server = 0;
    double pair = 0;
    bool json = false;
};

hawser::tools::value_parser into_positive(double& value) {
    return [&value](const std::string& text) {
        const auto number = hawser::tools::parse_rate(text);
        if (number) value = *number;
        return number.has_value();
    };
}

// As parse_rate, and zero.
hawser::tools::value_parser into_seconds(double& value) {
    return [&value](const std::string& text) {
        if (text == "0") value = 0;
        return text == "0" || into_positive(value)(text);
    };
}

hawser::tools::command_line describe(options& options, double& rate) {
    hawser::tools::command_line line(
        "bench-load", "--port P [options] | --pair SECONDS",
        "Puts load on a server of the default protocol on 127.0.0.1: submits, each answered by its submit_ack.",
        "Closed loop (the default): each connection keeps --window requests in flight. It finds what the server can "
        "do. Open loop (--rate): requests leave on a fixed schedule, spread over the connections, whether or not the "
        "server keeps up, and latency counts from the planned instant. It finds how long clients wait. Above the "
        "server's capacity latency grows with every second, and requests are missing if the server has not caught up 5 "
        "s after the end.\n\n"
        "The result is one JSON line: requests and acks in the measured seconds, rate (acks a second), mb_per_second "
        "(of requests, 10^6 bytes), latency_us {p50 p90 p99 p99_9 max}, load_cpu_seconds (near `seconds`, and the load "
        "is what limits), server_cpu_seconds (with --server-pid); and of the whole run: wrong (connections on which "
        "something else came than the ack that was due), missing (requests without an ack), errors (connections that "
        "ended early).\n\n"
        "--idle prints \"holding N\" when a wave is open and one request was answered on each connection, and closes "
        "it after a line on standard input; then \"closed N\", and after one more line the next wave. The end of the "
        "input ends it.\n\n"
        "Examples:\n"
        "  bench-load --port 8888 --connections 100 --window 64 --server-pid 4711\n"
        "  bench-load --port 8888 --connections 100 --rate 50000 --seconds 10\n"
        "  bench-load --port 8888 --connections 1 --window 2 --payload 1048563\n"
        "  bench-load --pair 3 --payload 1048563\n\n"
        "Exit status: 0 if every ack was right, 1 if not or if it cannot connect, 2 for bad options.\n");
    line.add("port", "P", "where the server listens", into_count(options.port, 1, 65535));
    line.add("connections", "C", "connections (10)", into_count(options.connections, 1, 1'000'000));
    line.add("window", "W", "requests in flight on each connection (1)", into_count(options.window, 1, 65536));
    line.add("seconds", "S", "how long to measure (3)", into_positive(options.plan.seconds));
    line.add("warmup", "S", "how long to wait for that under load (0.5)", into_seconds(options.plan.warmup));
    line.add("payload", "SIZE", "of each submit, at most 1048563 (32)", hawser::tools::into_size(options.plan.payload));
    line.add("rate", "R", "requests a second in all: the open loop", into_positive(rate));
    line.add("server-pid", "PID", "read this process's CPU seconds", into_count(options.server, 1, 1U << 30));
    line.add("idle", "N", "open N connections and hold them, in waves", into_count(options.idle, 1, 1'000'000));
    line.add("pair", "SECONDS", "no server: a thread writes, a thread reads", into_positive(options.pair));
    line.add_switch("json", "print JSON, which it does in any case", options.json);
    return line;
}

// Throws std::system_error.
int run(const options& options) {
    const bench::work submits(options.plan.payload, options.window);
    if (options.pair > 0) return bench::move_between_two(options.pair, submits);
    if (options.idle > 0) return bench::hold(options.plan, submits);
    const bench::measurement seen = bench::run(options.plan, submits);
    std::cout << seen.json(submits.frame_size()) << std::endl;
    return seen.is_good() ? 0 : 1;
}

void raise_descriptors() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

}   // namespace

int main(int argc, char** argv) {
    options options;
    double rate = 0;
    const hawser::tools::command_line line = describe(options, rate);
    if (const auto status = line.parse(argc, argv)) return *status;
    if (options.port == 0 && options.pair == 0) return line.refuse("--port or --pair is needed");
    if (options.plan.payload > 1048563) return line.refuse("--payload is at most 1048563: a frame is at most 1 MiB");
    options.plan.port = static_cast<std::uint16_t>(options.port);
    options.plan.connections = options.idle > 0 ? options.idle : options.connections;
    options.plan.window = options.window;
    if (rate > 0) options.plan.rate = rate;
    if (options.server > 0) options.plan.server = static_cast<int>(options.server);
    raise_descriptors();
    try {
        return run(options);
    } catch (const std::system_error& error) {
        return line.fail(error.what());
    }
}
