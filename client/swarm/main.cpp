// hawser-swarm: many clients against one server; every answer is checked.
#include <hawser/client/swarm.hpp>
#include <hawser/io/event.hpp>

#include <tools/command_line.hpp>

#include "expectation.hpp"
#include "load_text.hpp"
#include "narrator.hpp"
#include "progress_bar.hpp"
#include "summary.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <vector>

namespace {

using namespace hawser;

// Often enough to look alive, seldom enough to cost nothing.
constexpr io::duration redraw_interval = std::chrono::milliseconds(100);

struct settings {
    client::plan plan;
    std::optional<io::address> connect;
    std::optional<std::size_t> max_frame;
    bool has_count = false;
    bool has_arrivals = false;
    bool quiet = false;
    std::string json;
    std::vector<swarm_program::expectation> expected;
};

tools::command_line describe(settings& of) {
    tools::command_line line(
        "hawser-swarm", "--connect ADDR [options]",
        "Runs many clients that submit to one server, and checks every answer.",
        "Sizes take KiB, MiB, GiB; durations us, ms, s, m.\n\n"
        "A LOAD is a number of submits a second; FROM..TO:TIME if it changes evenly, RATE:TIME if it lasts so long; and\n"
        "more of them after commas. The swarm ends with it. So 1000:10s,5000:10s are two steps, and 0..5000:30s,5000 is a\n"
        "ramp whose end goes on. What is overdue at the end of the last TIME is sent for one more --timeout.\n\n"
        "An ack that is not there within --timeout is missing and frees its place; after that it is late.\n\n"
        "Exit status: 0 every submit was acked exactly once on its connection, with its own id and result 0,\n"
        "and every --expect was kept; 1 anything else, 2 bad options.\n\n"
        "--expect takes a name, one of < <= == != >= > and a value, and knows sent acked missing duplicate wrong\n"
        "unknown late errors, rate (acks a second), and the latencies p50 p90 p99 p999 p9999 max, with --rate from when a submit\n"
        "should have been sent.\n\n"
        "--json writes the keys sent acked missing duplicate wrong unknown late errors seconds requests_per_second\n"
        "load_busy (the share of the time for which this program had a processor: from 0.95 on it was itself the limit)\n"
        "latency_us{p50,p90,p99,p999,p9999,max}, and with --rate latency_from_schedule_us, on every exit.\n\n"
        "Examples:\n"
        "  hawser-swarm --connect :8888                                   5 clients, 10 submits each, 1 a second\n"
        "  hawser-swarm --connect :8888 --clients 100 --count 2000 --interval 0 --window 32 --quiet\n"
        "  hawser-swarm --connect :8888 --clients 50 --rate 20000 --window 64 --duration 10s --json result.json\n"
        "  hawser-swarm --connect :8888 --clients 50 --rate 0..20000:30s,20000:1m --arrivals poisson --window 1000\n");
    client::plan& plan = of.plan;
    line.add("connect", "ADDR", "HOST:PORT, [V6]:PORT, :PORT (loopback) or unix:PATH", tools::into_address(of.connect));
    line.add("clients", "N", "connections, 1 to 1000000; default 5", tools::into_count(plan.clients, 1, 1'000'000));
    line.add("count", "N", "submits of each client; default 10, or no limit with --duration or a --rate that ends",
             [&of](const std::string& text) {
                 of.plan.count = tools::parse_count(text);
                 of.has_count = of.plan.count.has_value();
                 return of.has_count;
             });
    line.add("interval", "TIME", "between the submits of a client; 0: as fast as the window allows; default 1s",
             tools::into_duration(plan.interval));
    line.add("window", "W", "submits of a client that may wait for their acks, 1 to 1000000; default 1",
             tools::into_count(plan.window, 1, 1'000'000));
    line.add("rate", "LOAD", "submits a second of the whole swarm, on a schedule, instead of --interval",
             [&plan](const std::string& text) {
                 plan.rate = swarm_program::parse_load(text);
                 return true;
             });
    line.add("arrivals", "HOW", "how they come, with --rate: even (the default), poisson, or bursts:N for which --window has room",
             [&of](const std::string& text) {
                 of.plan.arrive = swarm_program::parse_arrivals(text);
                 of.has_arrivals = true;
                 return true;
             });
    line.add("warmup", "TIME", "what is due before is checked, but is no part of rates and latencies",
             tools::into_duration(plan.warmup));
    line.add("duration", "TIME", "stop sending after this; --warmup comes before it", tools::into_duration(plan.duration));
    line.add("payload-size", "SIZE", "bytes a payload; default: code names", tools::into_size(plan.payload_size));
    line.add("timeout", "TIME", "to connect, and for each ack; default 5s", [&plan](const std::string& text) {
        const auto timeout = tools::parse_duration(text);
        plan.timeout = timeout.value_or(io::duration::zero());
        return plan.timeout > io::duration::zero();
    });
    line.add("format", "SPEC", "how frames are cut; default prefix-self (see hawser-frame --help)",
             tools::into_format(plan.codec));
    line.add("max-frame", "SIZE", "longest frame sent or received; default 1MiB", tools::into_size(of.max_frame));
    line.add_switch("hello", "begin each connection with a conn that says hawser/1", plan.hello);
    line.add("ping-interval", "TIME", "send pings; default: none", tools::into_duration(plan.ping_interval));
    line.add("seed", "S", "of payloads and of random arrivals; default: a random one", [&plan](const std::string& text) {
        const auto seed = tools::parse_count(text);
        plan.seed = seed.value_or(0);
        return seed.has_value();
    });
    line.add_switch("quiet", "only the summary", of.quiet);
    line.add("expect", "WHAT", "exit 1 if it is not so, and say what was, as in 'p99<5ms'; see below",
             [&of](const std::string& text) {
                 of.expected.push_back(swarm_program::expectation::parse(text));
                 return true;
             }, true);
    line.add("json", "FILE", "write the summary there as JSON too", tools::into_file(of.json));
    return line;
}

constexpr std::size_t packet_header = packet::packet_layout<packet::submit>::smallest_body;

// Whether such a payload fits a frame: only the codec knows, so it is tried.
bool fits(std::size_t payload, const frame::any_codec& codec) {
    if (codec.max_frame() < packet_header || payload > codec.max_frame() - packet_header) return false;
    const std::vector<std::byte> body(packet_header + payload);
    byte_buffer wire;
    return codec.encode(body, wire) != hawser::errc::too_long;
}

// What options mean together; the message for one that makes no sense.
std::optional<std::string> complete(settings& of) {
    if (!of.connect) return "--connect ADDR is missing";
    of.plan.connect = *of.connect;
    if (of.has_arrivals && !of.plan.rate) return "--arrivals says how the submits of a --rate come, and there is none";
    const io::duration sends_for = of.plan.sends_for();
    if (of.plan.warmup >= sends_for) return "the --rate is over before the --warmup is: nothing would be measured";
    if (sends_for != client::load_shape::for_ever && !of.has_count) of.plan.count.reset();
    if (of.max_frame) of.plan.codec = of.plan.codec.with_max_frame(*of.max_frame);
    const std::size_t payload = of.plan.payload_size.value_or(0);
    if (!fits(payload, of.plan.codec))
        return "no frame under --max-frame " + std::to_string(of.plan.codec.max_frame()) + " holds a payload of " +
               std::to_string(payload) + " bytes and the " + std::to_string(packet_header) + " before it";
    return std::nullopt;
}

std::size_t terminal_width() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U : 79U;
}

// Redraws the bar on standard error until the swarm is done, then wipes it.
io::task<void> show_progress(const client::swarm& swarm, client::plan plan, const bool& done) {
    const swarm_program::progress_bar bar(plan, io::clock::now());
    while (!done) {
        std::cerr << '\r' << bar.line(swarm.counters(), io::clock::now(), terminal_width()) << "\x1b[K" << std::flush;
        co_await io::sleep(redraw_interval);
    }
    std::cerr << "\r\x1b[K" << std::flush;
}

io::task<void> run_swarm(client::swarm& swarm, client::report& into, bool& done, io::asio::io_context& context) {
    into = co_await swarm.run();
    done = true;
    context.stop();
}

// Ctrl-C: the first lets what is in flight arrive, a second one does not.
void stop_on_signals(io::asio::signal_set& signals, client::swarm& swarm, io::asio::io_context& context) {
    signals.async_wait([&](const error_code& cancelled, int) {
        if (cancelled) return;
        swarm.stop();
        signals.async_wait([&context](const error_code& ended, int) {
            if (!ended) context.stop();
        });
    });
}

int report_and_judge(const settings& with, const client::report& report, const tools::command_line& line) {
    std::cout << swarm_program::text_summary(report) << std::flush;
    if (!report.good() && !report.first_error.empty()) static_cast<void>(line.fail(report.first_error));
    bool good = report.good();
    for (const swarm_program::expectation& one : with.expected) {
        const std::optional<std::string> why = one.broken_by(report);
        if (why) static_cast<void>(line.fail("expected " + *why));
        good = good && !why;
    }
    if (!with.json.empty()) {
        std::ofstream file(with.json, std::ios::trunc);
        file << swarm_program::json_summary(report, with.plan.rate.has_value()) << std::flush;
        if (!file) return line.fail("cannot write " + with.json);
    }
    return good ? 0 : 1;
}

client::report run(const settings& with) {
    swarm_program::narrator narrator;
    client::swarm swarm(with.plan, with.quiet ? nullptr : &narrator);
    client::report report;
    bool done = false;
    {
        io::asio::io_context context(1);
        io::asio::signal_set signals(context, SIGINT, SIGTERM);
        stop_on_signals(signals, swarm, context);
        const auto rethrow = [](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
        };
        io::asio::co_spawn(context.get_executor(), run_swarm(swarm, report, done, context), rethrow);
        // Lines and a bar in one terminal would tear each other apart.
        const bool bar = ::isatty(STDERR_FILENO) == 1 && (with.quiet || ::isatty(STDOUT_FILENO) == 0);
        if (bar) io::asio::co_spawn(context.get_executor(), show_progress(swarm, with.plan, done), rethrow);
        context.run();
        if (bar) std::cerr << "\r\x1b[K" << std::flush;
        if (!done) report = swarm.so_far();   // a second Ctrl-C
    }
    return report;
}

}  // namespace

int main(int argc, char** argv) {
    settings with;
    with.plan.seed = std::random_device()();
    const tools::command_line line = describe(with);
    if (const auto status = line.parse(argc, argv)) return *status;
    try {
        if (const auto trouble = complete(with)) return line.refuse(*trouble);
        return report_and_judge(with, run(with), line);
    } catch (const std::invalid_argument& error) {
        return line.refuse(error.what());
    } catch (const std::exception& error) {
        return line.fail(error.what());
    }
}
