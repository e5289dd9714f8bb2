// echo-load: many clients of an echo; every byte that comes back is compared with what was sent.
//
//   echo-load --connect :7000 --clients 50 --count 2000
//   50 clients: 100000 requests, 100000 right, 0 wrong; 60704 a second over 1.647 s
//   latency: p50 595 us, p90 1.25 ms, p99 4.3 ms, max 7.28 ms
//
// Each client has one request under way. The swarm (swarm/swarm.hpp) does the same for requests that are packets, with
// a window, a rate and a schedule.
#include <hawser/io/descriptors.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/run.hpp>
#include <hawser/swarm/histogram.hpp>

#include <tools/command_line.hpp>

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <locale>
#include <optional>
#include <span>
#include <sstream>
#include <string>

using namespace hawser;

namespace {

constexpr std::size_t largest = 64 * 1024 * 1024;   // of one request; each client holds a few

struct options {
    std::optional<io::address> connect;
    std::uint32_t clients = 10;
    std::uint32_t count = 1000;   // 0: no limit
    bool counted = false;
    std::size_t size = 32;
    io::duration duration{};   // zero: until the count is reached
    io::duration timeout = std::chrono::seconds(5);
    std::optional<frame::any_codec> codec = frame::delimiter::lines();   // none: raw
};

constexpr std::uint64_t fewest_for_a_rate = 10;   // of less it would say more about the start and the end

struct totals {
    std::uint64_t requests = 0, right = 0, wrong = 0;
    std::uint32_t unconnected = 0;   // clients
    swarm::histogram latency;
    io::time_point until;
    std::string trouble;   // the first

    [[nodiscard]] bool good() const { return right == requests && right > 0 && trouble.empty(); }
};

// Printable, so that any format carries it, and another text for each request, so that a late answer is seen as wrong.
void make_text(std::string& text, std::uint64_t client, std::uint64_t number) {
    std::uint64_t state = (client << 32) + number + 1;
    for (char& letter : text) {
        state = state * 6364136223846793005U + 1442695040888963407U;   // Knuth's generator
        letter = static_cast<char>('a' + (state >> 33) % 26);
    }
}

// An echo asked over frames, and one asked in bytes.
struct by_frames {
    io::frame_stream conn;
    by_frames(io::transport carrier, const options& options) : conn(std::move(carrier), *options.codec) {}

    io::task<result<bytes>> ask(bytes question, io::time_point until) {
        conn.set_read_deadline(until);
        conn.set_write_deadline(until);
        const auto sent = co_await conn.send(question);
        if (!sent) co_return sent.error();
        co_return co_await conn.read_frame();
    }
    io::task<void> finish() { return conn.finish(std::chrono::seconds(1)); }
};

// It writes and reads at the same time: an echo that nobody reads stops reading too.
struct by_bytes {
    io::stream conn;
    io::group writing;
    std::string answer;
    by_bytes(io::transport carrier, const options& options)
        : conn(std::move(carrier)), writing(conn.get_executor()), answer(options.size, '\0') {}

    io::task<result<bytes>> ask(bytes question, io::time_point until) {
        conn.set_read_deadline(until);
        conn.set_write_deadline(until);
        writing.spawn(write(question));
        const auto got = co_await conn.read_exactly(std::as_writable_bytes(std::span(answer)));
        co_await writing.join();
        if (got.error) co_return got.error;
        co_return as_bytes(answer);
    }
    io::task<void> write(bytes question) {
        const auto written = co_await conn.write_all(question);
        if (written.error) conn.close();   // then nothing comes back either
    }
    io::task<void> finish() {
        conn.close();
        co_return;
    }
};

template <class Echo>
io::task<void> ask_all(Echo& echo, const options& options, std::uint64_t client, totals& into) {
    std::string question(options.size, '\0');
    for (std::uint32_t number = 0; options.count == 0 || number < options.count; ++number) {
        const io::time_point now = io::clock::now();
        if (now >= into.until) break;
        make_text(question, client, number);
        ++into.requests;
        const auto answer = co_await echo.ask(as_bytes(question), now + options.timeout);
        if (!answer) {
            if (into.trouble.empty()) into.trouble = "an answer is missing: " + answer.error().message();
            break;
        }
        into.latency.record(io::clock::now() - now);
        if (as_text(*answer) == question) ++into.right;
        else ++into.wrong;
    }
    co_await echo.finish();
}

template <class Echo>
io::task<void> run_client(const options& options, std::uint64_t number, totals& into) {
    auto carrier = co_await io::dial(*options.connect, options.timeout);
    if (!carrier) {
        ++into.unconnected;
        if (into.trouble.empty())
            into.trouble = "cannot connect to " + options.connect->text() + ": " + carrier.error().message();
        co_return;
    }
    Echo echo(std::move(*carrier), options);
    co_await ask_all(echo, options, number, into);
}

io::task<void> run_all(const options& options, totals& into) {
    into.until = options.duration > io::duration::zero() ? io::clock::now() + options.duration : io::time_point::max();
    io::group clients(co_await io::this_executor);
    for (std::uint32_t number = 0; number < options.clients; ++number)
        clients.spawn(options.codec ? run_client<by_frames>(options, number, into)
                                    : run_client<by_bytes>(options, number, into));
    co_await clients.join();
}

std::string readable(io::duration took) {
    const double us = std::chrono::duration<double, std::micro>(took).count();
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << std::setprecision(3) << (us < 1000 ? us : us / 1000) << (us < 1000 ? " us" : " ms");
    return text.str();
}

void summarise(const options& options, const totals& all, io::duration took) {
    const double seconds = std::chrono::duration<double>(took).count();
    const std::string unconnected = all.unconnected > 0 ? " (" + std::to_string(all.unconnected) + " never connected)"
                                                        : "";
    const double rate = static_cast<double>(all.right) / seconds;
    const std::string rate_text = all.right < fewest_for_a_rate
                                      ? "-"
                                      : std::to_string(static_cast<std::uint64_t>(rate + 0.5));
    const auto time = [&all](io::duration of) { return all.latency.count() > 0 ? readable(of) : "-"; };
    std::cout << options.clients << " clients" << unconnected << ": " << all.requests << " requests, " << all.right
              << " right, " << all.wrong << " wrong; " << rate_text << " a second over " << std::fixed
              << std::setprecision(3) << seconds << " s\n"
              << "latency: p50 " << time(all.latency.percentile(0.5)) << ", p90 " << time(all.latency.percentile(0.9))
              << ", p99 " << time(all.latency.percentile(0.99)) << ", max " << time(all.latency.max()) << std::endl;
}

tools::command_line describe(options& options) {
    tools::command_line line("echo-load", "--connect ADDR [options]",
                             "Many clients of an echo, each with one request under way; every byte is compared.",
                             "Exit status: 0 everything came back as it was sent, 1 it did not, 2 bad options.\n");
    line.add("connect", "ADDR", "HOST:PORT, [V6]:PORT, :PORT (loopback) or unix:PATH",
             tools::into_address(options.connect));
    line.add("clients", "N", "connections, 1 to 100000; default 10", tools::into_count(options.clients, 1, 100'000));
    line.add("count", "N", "requests of each client, 0 for no limit; default 1000, or no limit with --duration",
             [&options](const std::string& text) {
                 options.count = 0;
                 options.counted = true;
                 return tools::into_count(options.count, 0, UINT32_MAX)(text);
             });
    line.add("duration", "TIME", "stop after this", tools::into_duration(options.duration));
    line.add("size", "SIZE", "bytes of each request; default 32", tools::into_size(options.size));
    line.add("timeout", "TIME", "to connect, and for each answer; default 5s", tools::into_duration(options.timeout));
    line.add("format", "SPEC", "how frames are cut (see docs/framing.md), or raw; default lines",
             [&options](const std::string& text) {
                 options.codec.reset();
                 if (text != "raw") options.codec = frame::any_codec::parse(text);
                 return true;
             });
    return line;
}

// What options mean together; the message for those that make no sense.
std::optional<std::string> complete(options& options) {
    if (!options.connect) return "--connect ADDR is missing";
    if (options.duration > io::duration::zero() && !options.counted) options.count = 0;
    if (options.count == 0 && options.duration == io::duration::zero())
        return "--count 0 without --duration would never end";
    if (options.size == 0 || options.size > largest) return "--size must be 1 to " + std::to_string(largest);
    byte_buffer frame;
    const std::string text(options.size, 'a');
    const error_code error = options.codec ? options.codec->encode(as_bytes(text), frame) : error_code();
    if (error)
        return "no frame of this format carries " + std::to_string(options.size) + " letters: " + error.message();
    return std::nullopt;
}

}   // namespace

int main(int argc, char** argv) {
    options options;
    const tools::command_line line = describe(options);
    if (const auto status = line.parse(argc, argv)) return *status;
    if (const auto trouble = complete(options)) return line.refuse(*trouble);
    io::raise_descriptor_limit();   // each client has one
    totals all;
    const io::time_point begin = io::clock::now();
    io::run(run_all(options, all));
    summarise(options, all, io::clock::now() - begin);
    if (all.good()) return 0;
    return line.fail(all.trouble.empty() ? "what came back is not what was sent" : all.trouble);
}
