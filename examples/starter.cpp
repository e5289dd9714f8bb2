#include "starter.hpp"

#include <hawser/io/process.hpp>

#include <tools/output_file.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace example {

namespace {

// People type to these servers, and think in between.
constexpr io::duration patience = std::chrono::minutes(5);
// And wait for their end.
constexpr io::duration grace = std::chrono::seconds(2);

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}   // namespace

starter::starter(int argc, char** argv, const starter_defaults& defaults) : idle_timeout_(patience) {
    announcer_.name = base_name(argv[0]);
    std::string port_file;
    const std::string format = defaults.format.empty() ? "" : " --format " + defaults.format;
    tools::command_line line(announcer_.name, "[options]", defaults.about,
                             "Try it with: hawser-talk --connect ADDR" + format + "\n");
    line.add("listen", "ADDR",
             (defaults.format.empty() ? "udp:HOST:PORT; default "
                                      : "HOST:PORT, [V6]:PORT, :PORT or unix:PATH; default ") +
                 defaults.listen,
             tools::into_addresses(listen_), true);
    line.add("port-file", "FILE", "write the ports there, one a line, when all are open",
             tools::into_output_file(port_file));
    if (!defaults.format.empty()) add_frames(line, defaults);
    else threads_ = 1;   // enough for one socket
    if (const auto status = line.parse(argc, argv)) std::exit(*status);
    if (listen_.empty()) listen_.push_back(defaults.listen);
    if (!port_file.empty()) announcer_.port_file.emplace(port_file);
    io::survive_stray_signals();
}

// The options of servers that have frames.
void starter::add_frames(tools::command_line& line, const starter_defaults& defaults) {
    codec_ = frame::any_codec::parse(defaults.format);
    if (defaults.one_thread) threads_ = 1;
    else
        line.add("threads", "N", "threads that serve, 1 to 1024; default one a processor",
                 tools::into_count(threads_, 1, 1024));
    const std::string or_raw = defaults.can_be_raw ? " or raw" : "";
    line.add("format", "SPEC", "how frames are cut (see docs/framing.md)" + or_raw + "; default " + defaults.format,
             [this, raw = defaults.can_be_raw](const std::string& text) {
                 codec_.reset();
                 if (!raw || text != "raw") codec_ = frame::any_codec::parse(text);
                 return true;
             });
    line.add("idle-timeout", "TIME", "silence of a client that ends its connection; default 5m",
             tools::into_duration(idle_timeout_));
}

bool starter::announcer::start_failed(const std::string& why) {
    std::cerr << name << ": " << why << '\n';
    return true;
}

void starter::announcer::listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>& ports) {
    const std::string trouble = port_file ? port_file->write(ports) : "";
    if (!trouble.empty()) throw std::runtime_error(trouble);   // a script that waits for the file would wait for ever
    for (const std::string& address : addresses) std::cerr << name << ": listening on " << address << '\n';
}

server::config starter::config() const {
    server::config config{.listen = listen_, .threads = threads_, .events = {&announcer_}};
    config.drain_timeout = grace;
    config.limits.first_frame_timeout = idle_timeout_;
    config.limits.idle_timeout = idle_timeout_;
    if (!codec_) return config;   // bytes, or datagrams
    config.codec = *codec_;
    // Room for an answer that is as long as a request.
    config.limits.outbound_cap = std::max(config.limits.outbound_cap, 2 * codec_->max_frame());
    return config;
}

}   // namespace example
