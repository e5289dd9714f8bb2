#include "program.hpp"

#include <tools/command_line.hpp>
#include <tools/output_file.hpp>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace stress {

program::program(std::string name, const std::string& about, int argc, char** argv) : name_(std::move(name)) {
    config_.listen.clear();
    std::string port_file;
    tools::command_line line(name_, "--listen ADDR [options]", about);
    line.add("listen", "ADDR", "serve here: HOST:PORT, [V6]:PORT, :PORT or unix:PATH",
             tools::into_addresses(config_.listen));
    line.add("port-file", "FILE", "write the TCP port there when the server accepts",
             tools::into_output_file(port_file));
    line.add("threads", "N", "threads that serve; default one a processor",
             tools::into_count(config_.threads, 1, 1024));
    line.add("memory-budget", "SIZE", "memory for everything", tools::into_size(config_.memory_budget));
    line.add("max-connections", "N", "at most so many", tools::into_size(config_.admission.max_connections));
    line.add("format", "SPEC", "how frames are cut; default prefix-self", tools::into_format(config_.codec));
    line.add("drain-timeout", "TIME", "how long connections may finish at the end; default 10s",
             tools::into_duration(config_.drain_timeout));
    line.add("on-stuck", "POLICY", "a handler that does not end: wait (the default), abandon or abort",
             [this](const std::string& text) {
                 config_.on_stuck = text == "abandon" ? server::stuck_policy::abandon
                                    : text == "abort" ? server::stuck_policy::abort
                                                      : server::stuck_policy::wait;
                 return text == "wait" || config_.on_stuck != server::stuck_policy::wait;
             });
    if (const auto status = line.parse(argc, argv)) std::exit(*status);
    if (!port_file.empty()) counter_.port_file.emplace(port_file);
}

server::config program::config() {
    config_.events = {&counter_};
    return config_;
}

int program::run(server::server& server) {
    const server::report report = server.run();
    if (!report.failure.empty()) {
        std::cerr << name_ << ": " << report.failure << '\n';
        return report.exit_status();
    }
    for (const std::string& one : report.stuck) std::cerr << name_ << ": does not end: " << one << '\n';
    std::cerr << "server stopped: " << report.frames_in << " frames in, " << report.frames_out << " out, "
              << report.accepted << " sessions, " << counter_.thrown << " ended by what a handler threw\n"
              << report.text() << '\n';
    // What still runs needs what the end of main would destroy.
    if (!report.stuck.empty()) std::_Exit(report.exit_status());
    return report.exit_status();
}

void program::counter::listening(const std::vector<std::string>&, const std::vector<std::uint16_t>& ports) {
    if (!port_file) return;
    const std::string trouble = port_file->write(ports);
    if (!trouble.empty()) throw std::runtime_error(trouble);   // who waits for the file would wait for ever
}

void program::counter::closed(const server::peer&, const server::ending& how) {
    if (how.why == make_error_code(server::errc::handler_failed)) thrown.fetch_add(1, std::memory_order_relaxed);
}

}   // namespace stress
