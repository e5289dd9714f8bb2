// program: what the example programs share, so that each of them shows only its own idea.
//
//   NAME --listen ADDR [--port-file FILE]    the server, until SIGINT or SIGTERM
//   NAME --connect ADDR                      a client of it, once
//   NAME                                     both in one process, once: that is how the tests run it
//
// Nothing here is part of hawser; a program of your own has its own options.
#pragma once

#include <hawser/client.hpp>
#include <hawser/server.hpp>

#include <tools/port_file.hpp>

#include <optional>
#include <string>
#include <vector>

namespace example {

using namespace hawser;

/// Which sides of a conversation a program can be on its own.
enum class side { server, client, both, neither };

class options {
public:
    /// Ends the program after --help and --version, and with status 2 for options that it does not know.
    options(int argc, char** argv, side has, const std::string& about);

    /// Where --listen said, or a port of 127.0.0.1 that the system picks; --port-file is written when all accept.
    [[nodiscard]] server::config config();

    std::string name;
    std::vector<std::string> listen;   // one at most
    std::string port_file;
    std::optional<io::address> connect;

private:
    class port_file_writer final : public server::events {
    public:
        std::string name;
        std::optional<tools::port_file> file;
        bool start_failed(const std::string& why) override;
        void listening(const std::vector<std::string>&, const std::vector<std::uint16_t>& ports) override;
    };
    port_file_writer writer_;
};

/// What the client does; false if the server did not do what the example promises.
using client_side = io::task<bool> (*)(io::address server);

/// Runs a client coroutine on an io_context of its own: 0 if it was content, otherwise 1.
int run(client_side talk, const io::address& where);

/// Runs the server, the client or both, as the options say.
int run(const options& given, server::server& server, client_side talk);

}   // namespace example
