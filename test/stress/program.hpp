// program: what the servers of the scenarios share: their options, and a last line on standard error that counts.
//
//   stress::program program("one_byte_server", "What it does.", argc, argv);
//   server::server server(program.config(), serve);
//   return program.run(server);
//
// The last lines are "server stopped: N frames in, N out, N sessions, N ended by what a handler threw",
// and the text of the report.
#pragma once

#include <hawser/server.hpp>

#include <tools/port_file.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stress {

using namespace hawser;

class program {
public:
    /// Ends the program after --help and --version, and with status 2 for options that it does not know.
    program(std::string name, const std::string& about, int argc, char** argv);

    /// It refers to this object.
    [[nodiscard]] server::config config();
    /// Until SIGINT or SIGTERM; the exit status.
    [[nodiscard]] int run(server::server& server);

private:
    struct counter final : server::events {
        std::optional<tools::port_file> port_file;
        std::atomic<std::uint64_t> thrown = 0;
        bool start_failed(const std::string&) override { return true; }   // run() says it, with the program's name
        void listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>& ports) override;
        void closed(const server::peer& who, const server::ending& how) override;
    };

    std::string name_;
    server::config config_;
    counter counter_;
};

}   // namespace stress
