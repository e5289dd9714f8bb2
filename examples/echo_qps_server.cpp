// echo-qps-server: sends back whatever it gets, and says each second how many frames that were.
//
//   $ echo-qps-server --listen :7002
//   41873 queries a second, 10 connections
#include "starter.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

using namespace hawser;

namespace {

std::atomic<std::uint64_t> queries = 0;   // of all connections, which run on several threads

io::task<void> echo(server::connection& conn) {
    while (const auto body = co_await conn.read_frame()) {
        const auto sent = co_await conn.send(*body);
        if (!sent) break;
        queries.fetch_add(1, std::memory_order_relaxed);
    }
}

// A line a second, also when nothing happens. The wait ends when the stop is requested.
void say_rate(std::stop_token stop, const server::server& server) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    std::uint64_t before = 0;
    io::time_point since = io::clock::now();
    while (!never.wait_for(lock, stop, std::chrono::seconds(1), [&stop] { return stop.stop_requested(); })) {
        const std::uint64_t all = queries.load(std::memory_order_relaxed);
        const io::time_point now = io::clock::now();
        const double rate = static_cast<double>(all - before) / std::chrono::duration<double>(now - since).count();
        std::cout << static_cast<std::uint64_t>(rate + 0.5) << " queries a second, " << server.connections()
                  << " connections" << std::endl;   // flushed: somebody watches
        before = all;
        since = now;
    }
}

}   // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv,
                                 {.about = "Sends back whatever it gets, and counts it: a line each second.",
                                  .listen = ":7002",
                                  .can_be_raw = false});
    server::server server(given.config(), echo);
    const std::jthread reporter(say_rate, std::cref(server));   // stopped and joined at the end of main
    return server.run().exit_status();
}
