// What every server of the benchmark does as a program: options in, one line "listening PORT" out. Without hawser, and
// without Asio compiled apart as hawser has it: the peers stand alone.
//
//   bench::program program("bench-epoll-server", "A raw epoll loop.");
//   program.options.add_options()("way", po::value(&way)->default_value("naive"), "...");     // options of its own
//   if (const auto status = program.parse(argc, argv)) return *status;
//   ...
//   bench::announce(port);                                     // it accepts; it runs until SIGTERM
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace bench {

namespace po = boost::program_options;

class program {
public:
    /// `about` says which API it uses, and what it does not do.
    program(std::string name, std::string about, unsigned most_threads = 64);

    /// The exit status, if the program is to end now. Raises the soft limit on descriptors to the hard one.
    [[nodiscard]] std::optional<int> parse(int argc, const char* const* argv);
    [[nodiscard]] unsigned threads() const noexcept { return threads_; }
    /// One line on standard error, and the status for bad options: 2.
    int refuse(const std::string& message) const;

    po::options_description options;

private:
    std::string name_;
    std::string about_;
    unsigned most_threads_;
    unsigned threads_ = 1;
};

/// Prints "listening PORT".
void announce(std::uint16_t port);

/// A socket that listens on 127.0.0.1 and a port that the system picks, not blocking. Throws std::system_error.
[[nodiscard]] int listen_on_loopback();
/// Its port. Throws std::system_error.
[[nodiscard]] std::uint16_t port_of(int listener);

}   // namespace bench
