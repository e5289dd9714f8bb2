// hawser-server: the sample server. It answers every submit with an ack, and says so in its log.
#include <hawser/io/process.hpp>
#include <hawser/log/log.hpp>
#include <hawser/server.hpp>

#include <tools/command_line.hpp>
#include <tools/frame_room.hpp>
#include <tools/output_file.hpp>
#include <tools/port_file.hpp>

#include <charconv>
#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using namespace hawser;

// A submit may log ten times as many lines as anything else: 100 a second, unless --log-ration says otherwise.
constexpr unsigned rations_of_submits = 10;

packet::submit_ack on_submit(server::context&, const packet::submit& submit) {
    if (log::may_write(log::level::info, "recv submit", rations_of_submits))
        log::write(log::level::info, "recv submit: id = " + submit.id.text() + ", payload=" + escaped(submit.payload));
    return {submit.id, packet::outcome::ok};
}

// Writes the port file once every listener accepts.
class port_file_writer final : public server::events {
public:
    explicit port_file_writer(const std::string& port_file) {
        if (!port_file.empty()) port_file_.emplace(port_file);
    }

    bool start_failed(const std::string&) override { return true; }   // serve() says it, with the program's name
    void listening(const std::vector<std::string>&, const std::vector<std::uint16_t>& ports) override {
        const std::string trouble = port_file_ ? port_file_->write(ports) : "";
        // A script that waits for the file would wait for ever.
        if (!trouble.empty()) throw std::runtime_error(trouble);
    }

private:
    std::optional<tools::port_file> port_file_;
};

struct options {
    server::config server;
    std::optional<std::size_t> max_frame;
    std::vector<std::string> listen;
    std::string port_file;
    log::level log_level = log::level::info;
    std::uint32_t log_ration = log::usual_ration;
};

tools::value_parser into_blocks(std::vector<io::address_block>& blocks) {
    return [&blocks](const std::string& text) {
        const auto block = io::address_block::parse(text);
        if (!block)
            throw std::invalid_argument("'" + text +
                                        "' is no ADDRESS or ADDRESS/BITS with no bit set behind BITS: 10.0.0.0/8, ::1");
        blocks.push_back(*block);
        return true;
    };
}

tools::value_parser into_limit(std::optional<std::size_t>& limit) {
    return [&limit](const std::string& text) {
        const auto count = tools::parse_count(text);
        if (!count || *count == 0) return false;
        limit = *count;
        return true;
    };
}

void add_admission(tools::command_line& line, server::admission_limits& limits) {
    line.add("max-connections", "N",
             "connections at a time; default 10000, or 64 less than the descriptors if that is less",
             into_limit(limits.max_connections));
    line.add("max-per-address", "N", "connections from one IPv4 address or IPv6 /64; default as many as in all",
             into_limit(limits.max_per_address));
    line.add("accept-rate", "N", "connections a second from one address, N in one go; default no limit",
             [&limits](const std::string& text) {
                 limits.accept_rate = tools::parse_rate(text);
                 return limits.accept_rate.has_value();
             });
    line.add("allow", "CIDR", "let in only these addresses: 10.0.0.0/8, ::1; Unix sockets always",
             into_blocks(limits.allow), true);
    line.add("deny", "CIDR", "turn these away, whatever --allow says", into_blocks(limits.deny), true);
}

tools::value_parser into_size_at_least_1(std::size_t& value) {
    return [&value](const std::string& text) {
        value = tools::size_of(text);
        if (value == 0) throw std::invalid_argument("it has to be more than 0");
        return true;
    };
}

tools::value_parser into_turn(std::size_t& frames) {
    return [&frames](const std::string& text) {
        const auto count = tools::parse_count(text);
        if (count) frames = *count;
        return count && *count >= 1 && *count <= 65'535;
    };
}

// As chmod takes it: 0660.
tools::value_parser into_mode(unsigned& value) {
    return [&value](const std::string& text) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
        return error == std::errc() && end == text.data() + text.size() && value <= 0777;
    };
}

tools::value_parser into_misses(std::uint8_t& value) {
    return [&value](const std::string& text) {
        const auto misses = tools::parse_count(text);
        if (!misses || *misses < 1 || *misses > 255) return false;
        value = static_cast<std::uint8_t>(*misses);
        return true;
    };
}

void add_service(tools::command_line& line, options& options) {
    line.add("listen", "ADDR", "HOST:PORT, [V6]:PORT, :PORT, tcp4:HOST:PORT, tcp6:... or unix:PATH; default :8888",
             tools::into_addresses(options.listen), true);
    line.add("port-file", "FILE", "write the TCP ports there, one a line, when all accept, for as long as they do",
             tools::into_output_file(options.port_file));
    line.add("unix-mode", "MODE", "of the file of a unix:PATH, in octal: who may write to it may connect; default 0660",
             into_mode(options.server.sockets.unix_mode));
    line.add("threads", "N", "threads that serve, 1 to 1024; default one a processor that it may use",
             tools::into_count(options.server.threads, 1, 1024));
    line.add("log-level", "LEVEL", "trace, debug, info, warning, error or fatal; default info",
             [&options](const std::string& text) {
                 const auto level = log::parse_level(text);
                 if (level) options.log_level = *level;
                 return level.has_value();
             });
    line.add("log-ration", "N",
             "lines a second about one thing that clients cause, of submits ten times as many; default 10, 0 all",
             tools::into_count(options.log_ration, 0, 1'000'000));
    line.add("format", "SPEC", "how frames are cut; default prefix-self (see hawser-frame --help)",
             tools::into_format(options.server.codec));
    line.add("max-frame", "SIZE", "longest frame, its header included; default 1MiB",
             tools::into_size(options.max_frame));
}

void add_timeouts(tools::command_line& line, server::config& config) {
    io::frame_limits& limits = config.limits;
    const auto add = [&line](const char* name, io::duration& value, const char* help) {
        line.add(name, "TIME", help, tools::into_duration(value));
    };
    add("first-packet-timeout", limits.first_frame_timeout, "until the first packet is whole; default 10s");
    add("frame-timeout", limits.frame_timeout, "until a frame that was begun is whole; default 30s");
    add("idle-timeout", limits.idle_timeout, "silence between frames; default 60s");
    add("write-stall-timeout", limits.write_stall_timeout,
        "a client takes too little of what waits for it; default 30s");
    line.add("write-progress", "SIZE", "what a client must take in that time; default 1KiB",
             into_size_at_least_1(limits.write_progress));
    add("request-timeout", config.request_timeout, "until a handler that awaits has answered; default 30s");
    add("max-lifetime", config.max_lifetime, "a connection older than this is drained; default 24h");
    add("ping-interval", config.ping_interval, "silence before a client that knows ping is sent one; default 15s");
    line.add("ping-misses", "N", "pings without an answer, 1 to 255, after which it counts as lost; default 3",
             into_misses(config.ping_misses));
}

void add_bounds(tools::command_line& line, server::config& config) {
    io::frame_limits& limits = config.limits;
    line.add(
        "slow-consumer", "POLICY",
        "pushes to a client that does not keep up: wait, drop-newest, drop-oldest, coalesce or close; default wait",
        [&config](const std::string& text) {
            const auto policy = frame::parse_slow_consumer(text);
            if (policy) config.pushes.otherwise = *policy;
            return policy.has_value();
        });
    line.add("push-timeout", "TIME", "how long a push waits for room; default 5s",
             tools::into_duration(limits.push_timeout));
    line.add("turn-frames", "N",
             "frames of one client before the others of its thread have a turn, 1 to 65535; default 64",
             into_turn(limits.turn_frames));
    line.add("turn-bytes", "SIZE", "bytes read of one client in a turn; default 64KiB",
             into_size_at_least_1(limits.turn_bytes));
    line.add("memory-budget", "SIZE",
             "memory for all of it; default half of its control group's, a quarter of the machine's",
             tools::into_size(config.memory_budget));
    line.add("outbound-cap", "SIZE", "bytes that may wait for a client, at least a frame; default 1MiB",
             tools::into_size(limits.outbound_cap));
}

tools::command_line describe(options& options) {
    tools::command_line line(
        "hawser-server", "[--listen ADDR]... [options]",
        "Answers every submit of the default protocol (docs/wire-format.md) with an ack.\n"
        "SIGINT or SIGTERM lets connections finish; another one, half a second later or more, ends at once.\n"
        "SIGHUP, SIGUSR1 and SIGUSR2 do nothing.",
        "A time-out of 0 is off; a --drain-timeout of 0 is no grace.\n\n"
        "Exit status: 0 all well, 1 cannot listen, 2 bad options, 3 connections had to be cut, or a handler did "
        "not end.\n\n"
        "Examples:\n"
        "  hawser-server --listen :8888 --threads 2\n"
        "  hawser-server --listen 127.0.0.1:0 --port-file port --log-level warning\n"
        "  hawser-server --listen unix:/tmp/hawser.sock\n"
        "  hawser-server --allow 192.168.0.0/16 --allow ::1 --max-per-address 10\n");
    add_service(line, options);
    add_timeouts(line, options.server);
    add_bounds(line, options.server);
    add_admission(line, options.server.admission);
    line.add("drain-timeout", "TIME", "how long connections may finish at the end, 0: not at all; default 10s",
             tools::into_duration(options.server.drain_timeout));
    return line;
}

server::config config_of(const options& options, const server::event_list& told) {
    server::config config = options.server;
    config.events = told;
    config.on_stuck = server::stuck_policy::abandon;
    if (!options.listen.empty()) config.listen = options.listen;
    if (options.max_frame) config.codec = config.codec.with_max_frame(*options.max_frame);
    // The longest packet that every server must be able to send.
    constexpr std::size_t longest = packet::packet_layout<packet::go_away>::smallest_body;
    if (const auto trouble = tools::no_room(config.codec, longest, "a go_away")) throw std::invalid_argument(*trouble);
    return config;
}

int serve(const options& options, const tools::command_line& line) {
    server::report report;
    {
        const log::writer writer(options.log_level, options.log_ration);
        port_file_writer port_file(options.port_file);
        log::server_events lines;
        server::router router;
        router.on<packet::submit>(on_submit);
        // The log says "start ok" when the file is there.
        server::server server(config_of(options, {&port_file, &lines}), std::move(router));
        report = server.run();
    }   // and all lines are written
    if (!report.failure.empty()) return line.fail(report.failure);
    // A handler that still runs uses what the end of main would destroy.
    if (!report.stuck.empty()) std::_Exit(report.exit_status());
    return report.exit_status();
}

}   // namespace

int main(int argc, char** argv) {
    const io::stop_signals caught;
    io::survive_stray_signals();
    options options;
    const tools::command_line line = describe(options);
    if (const auto status = line.parse(argc, argv)) return *status;
    try {
        return serve(options, line);
    } catch (const std::invalid_argument& error) {
        return line.refuse(error.what());
    } catch (const std::exception& error) {
        return line.fail(error.what());
    }
}
