// telemetry-server: one coroutine a connection; frames come marked and checked, answers go as lines of text.
#include "../program.hpp"
#include "message.hpp"

#include <atomic>
#include <iostream>

using namespace hawser;

namespace {

struct counters {
    std::atomic<std::uint64_t> heartbeats = 0, reports = 0, dropped = 0, spoilt = 0;
} counted;   // of all connections, which run on several threads

// What a message is answered with; nothing if it is none.
std::string_view answer_to(const telemetry::message& received) {
    if (std::holds_alternative<telemetry::heartbeat>(received)) {
        ++counted.heartbeats;
        return telemetry::heartbeat_answer;
    }
    if (std::holds_alternative<telemetry::report>(received)) {
        ++counted.reports;
        return telemetry::report_answer;
    }
    ++counted.dropped;
    return {};
}

// A frame that is no message is counted and dropped, and the connection goes on. The end of the stream ends the loop.
io::task<void> serve(server::connection& conn) {
    while (auto data = co_await conn.read_frame()) {
        const std::string_view line = answer_to(telemetry::read(*data));
        if (line.empty()) continue;
        const auto sent = co_await conn.send(as_bytes(line));   // copied; the codec of the answers ends the line
        if (!sent) break;
    }
    counted.spoilt += conn.skips();
}

}   // namespace

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::server, "Answers telemetry clients.");   // --listen, --port-file
    server::config config = given.config();
    config.codec = frame::marked_crc({.max_frame = telemetry::max_frame});
    config.answer_codec = frame::delimiter::lines();
    server::server server(std::move(config), serve);
    const server::report report = server.run();
    std::cout << counted.heartbeats << " heartbeats, " << counted.reports << " reports, " << counted.dropped
              << " messages dropped, " << counted.spoilt << " spoilt stretches\n";
    return report.exit_status();
}
