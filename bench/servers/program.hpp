// What every server of the benchmark does as a program: options in, one line "listening PORT" out.
//
//   bench::program program("bench-epoll-server", "A raw epoll loop.");
//   program.line.add(...);                                     // options of its own
//   if (const auto status = program.parse(argc, argv)) return *status;
//   ...
//   bench::announce(port);                                     // it accepts; it runs until SIGTERM
#pragma once

#include <tools/command_line.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bench {

struct program {
    /// `about` says which API it uses, and what it does not do.
    program(std::string name, std::string about, std::uint32_t most_threads = 64);

    /// The exit status, if the program is to end now. Raises the soft limit on descriptors to the hard one.
    [[nodiscard]] std::optional<int> parse(int argc, const char* const* argv);

    hawser::tools::command_line line;
    std::uint32_t threads = 1;
};

/// Prints "listening PORT".
void announce(std::uint16_t port);

/// A socket that listens on 127.0.0.1 and a port that the system picks, not blocking. Throws std::system_error.
[[nodiscard]] int listen_on_loopback();
/// Its port. Throws std::system_error.
[[nodiscard]] std::uint16_t port_of(int listener);

}  // namespace bench
