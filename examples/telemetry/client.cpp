// telemetry-client: several connections; on each of them one coroutine reads lines while one sends heartbeats and many
// send reports, all at their own pace. Nothing but co_await keeps their frames apart.
#include "message.hpp"

#include <hawser/io/descriptors.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/run.hpp>
#include <tools/command_line.hpp>

#include <chrono>
#include <iostream>
#include <random>

using namespace hawser;
using namespace std::chrono_literals;

namespace {

struct options {
    std::optional<io::address> connect;
    std::uint32_t clients = 7;
    std::uint32_t senders = 300;
    io::duration duration = 30s;
    io::duration heartbeat_interval = 2s;
    io::duration report_interval = 1s;
};

// How long the last answers may take.
constexpr io::duration patience = 5s;

struct counters {
    std::uint64_t heartbeats = 0, reports = 0, heartbeat_answers = 0, report_answers = 0, other_lines = 0;
    std::string trouble;   // the first

    [[nodiscard]] bool all_answered() const {
        return heartbeat_answers == heartbeats && report_answers == reports && other_lines == 0;
    }
};

std::int64_t unix_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string random_letters(std::mt19937_64& random) {
    std::string letters(random() % 50, 'a');
    for (char& letter : letters) letter = static_cast<char>('a' + random() % 26);
    return letters;
}

// One connection and everything that runs on it. They all end when the peer closes or the time is over.
class client {
public:
    client(io::transport carrier, const options& options, std::uint64_t seed)
        : frames_(std::move(carrier), frame::delimiter::lines(4096),
                  frame::marked_crc({.max_frame = telemetry::max_frame}),
                  {.first_frame_timeout = 0s, .idle_timeout = 0s}),
          options_(options),
          random_(seed),
          senders_(frames_.get_executor()),
          readers_(frames_.get_executor()) {}

    io::task<counters> run() {
        readers_.spawn(read_lines());
        senders_.spawn(send_heartbeats(senders_.token()));
        for (std::uint32_t number = 0; number < options_.senders; ++number)
            senders_.spawn(send_reports(number, senders_.token()));
        static_cast<void>(co_await io::sleep(options_.duration, senders_.token()));
        senders_.stop();
        co_await senders_.join();
        frames_.set_read_deadline(counted_.all_answered() ? io::time_point::min() : io::clock::now() + patience);
        co_await readers_.join();
        co_await frames_.finish(1s);
        co_return counted_;
    }

private:
    // Until everything is answered and nothing more is sent, or the server closes.
    io::task<void> read_lines() {
        while (auto line = co_await frames_.read_frame()) {
            const std::string_view text = as_text(*line);
            if (text == telemetry::heartbeat_answer) ++counted_.heartbeat_answers;
            else if (text == telemetry::report_answer) ++counted_.report_answers;
            else ++counted_.other_lines;
            if (senders_.running() == 0 && counted_.all_answered()) co_return;
        }
        if (frames_.failure()) counted_.trouble = frames_.failure().message();   // not our own read deadline
        senders_.stop();
    }

    io::task<void> send_heartbeats(std::stop_token stop) {
        do {
            ++counted_.heartbeats;
            const std::string data = telemetry::write(telemetry::heartbeat{.timestamp = unix_seconds()});
            const auto sent = co_await frames_.send(as_bytes(data));
            if (!sent) co_return;
        } while (co_await io::sleep(options_.heartbeat_interval, stop));
    }

    // The senders begin one after the other, so that they are spread over the interval.
    io::task<void> send_reports(std::uint32_t number, std::stop_token stop) {
        const bool begin = co_await io::sleep(options_.report_interval * number / options_.senders, stop);
        if (!begin) co_return;
        do {
            ++counted_.reports;
            const telemetry::report report{random_letters(random_), static_cast<std::int64_t>(random_() % 1'000'000),
                                           unix_seconds()};
            const std::string data = telemetry::write(report);
            const auto sent = co_await frames_.send(as_bytes(data));
            if (!sent) co_return;
        } while (co_await io::sleep(options_.report_interval, stop));
    }

    io::frame_stream frames_;
    const options& options_;
    std::mt19937_64 random_;
    counters counted_;
    io::group senders_;
    io::group readers_;
};

io::task<void> run_client(const options& options, std::uint64_t seed, counters& total) {
    auto carrier = co_await io::dial(*options.connect, patience);
    if (!carrier) {
        total.trouble = "cannot connect to " + options.connect->text() + ": " + carrier.error().message();
        co_return;
    }
    client one(std::move(*carrier), options, seed);
    const counters counted = co_await one.run();
    total.heartbeats += counted.heartbeats;
    total.reports += counted.reports;
    total.heartbeat_answers += counted.heartbeat_answers;
    total.report_answers += counted.report_answers;
    total.other_lines += counted.other_lines;
    if (!counted.trouble.empty()) total.trouble = counted.trouble;
}

io::task<counters> run_all(const options& options) {
    counters total;
    io::group clients(co_await io::this_executor);
    std::random_device seeds;
    for (std::uint32_t number = 0; number < options.clients; ++number)
        clients.spawn(run_client(options, seeds(), total));
    co_await clients.join();
    co_return total;
}

tools::command_line describe(options& options) {
    tools::command_line line("telemetry-client", "--connect ADDR [options]",
                             "Sends heartbeats and reports from many coroutines a connection, and counts the answers.",
                             "Exit status: 0 everything was answered, 1 it was not, 2 bad options.\n");
    line.add("connect", "ADDR", "HOST:PORT, [V6]:PORT, :PORT (loopback) or unix:PATH",
             tools::into_address(options.connect));
    line.add("clients", "N", "connections; default 7", tools::into_count(options.clients, 1, 10'000));
    line.add("senders", "N", "coroutines that send reports on each connection; default 300",
             tools::into_count(options.senders, 1, 100'000));
    line.add("duration", "TIME", "stop sending after this; default 30s", tools::into_duration(options.duration));
    line.add("heartbeat-interval", "TIME", "default 2s", tools::into_duration(options.heartbeat_interval));
    line.add("report-interval", "TIME", "of each sender; default 1s", tools::into_duration(options.report_interval));
    return line;
}

}   // namespace

int main(int argc, char** argv) {
    options options;
    const tools::command_line line = describe(options);
    if (const auto status = line.parse(argc, argv)) return *status;
    if (!options.connect) return line.refuse("--connect ADDR is missing");
    io::raise_descriptor_limit();   // each client has one
    const counters total = io::run(run_all(options));
    std::cout << options.clients << " clients, " << options.clients * options.senders << " senders: " << total.reports
              << " reports, " << total.report_answers << " answered; " << total.heartbeats << " heartbeats, "
              << total.heartbeat_answers << " answered; " << total.other_lines << " other lines\n";
    if (total.all_answered() && total.trouble.empty()) return 0;
    return line.fail(total.trouble.empty() ? "answers are missing" : total.trouble);
}
