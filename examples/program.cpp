#include "program.hpp"

#include <hawser/io/process.hpp>

#include <tools/command_line.hpp>
#include <tools/output_file.hpp>

#include <cstdlib>
#include <future>
#include <iostream>
#include <stdexcept>

namespace example {

options::options(int argc, char** argv, side has, const std::string& about) {
    name = std::string(argv[0]).substr(std::string(argv[0]).rfind('/') + 1);
    tools::command_line line(name, "[options]", about);
    if (has == side::server || has == side::both) {
        line.add("listen", "ADDR", "serve here: HOST:PORT, [V6]:PORT, :PORT or unix:PATH",
                 tools::into_addresses(listen));
        line.add("port-file", "FILE", "write the TCP port there when the server accepts",
                 tools::into_output_file(port_file));
    }
    if (has == side::client || has == side::both) {
        line.add("connect", "ADDR", "be a client of the server there", tools::into_address(connect));
    }
    std::optional<int> status = line.parse(argc, argv);
    if (!status && connect && !listen.empty()) status = line.refuse("--listen and --connect at once");
    if (!status && has == side::client && !connect) status = line.refuse("--connect ADDR is missing");
    if (status) std::exit(*status);
    if (!listen.empty()) io::survive_stray_signals();
    writer_.name = name;
    if (!port_file.empty()) writer_.file.emplace(port_file);
}

bool options::port_file_writer::start_failed(const std::string& why) {
    std::cerr << name << ": " << why << '\n';
    return true;
}

void options::port_file_writer::listening(const std::vector<std::string>&, const std::vector<std::uint16_t>& ports) {
    const std::string trouble = file ? file->write(ports) : "";
    if (!trouble.empty()) throw std::runtime_error(trouble);   // a script that waits for the file would wait for ever
}

server::config options::config() {
    server::config config{.listen = listen, .threads = 2};
    if (listen.empty()) config.listen = {"127.0.0.1:0"};
    config.events = {&writer_};
    return config;
}

int run(client_side talk, const io::address& where) { return io::run(talk(where)) ? 0 : 1; }

int run(const options& given, server::server& server, client_side talk) {
    if (given.connect) return run(talk, *given.connect);
    if (!given.listen.empty()) return server.run().exit_status();
    if (!server.start()) {
        std::cerr << given.name << ": " << server.failure() << '\n';
        return 1;
    }
    const int status = run(talk, {.host = "127.0.0.1", .port = server.port()});
    server.stop();
    const server::report report = server.wait();
    return status != 0 ? status : report.exit_status();
}

}   // namespace example
