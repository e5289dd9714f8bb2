#include "program.hpp"

#include <boost/program_options.hpp>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <iostream>
#include <system_error>
#include <utility>

namespace bench {

namespace {

void raise_descriptors() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);   // if it fails, there is room for fewer connections, and the load says so
}

int checked(int returned, const char* what) {
    if (returned < 0) throw std::system_error(errno, std::generic_category(), what);
    return returned;
}

}   // namespace

program::program(std::string name, std::string about, unsigned most_threads)
    : options("Options"), name_(std::move(name)), about_(std::move(about)), most_threads_(most_threads) {
    auto add = options.add_options();
    add("help,h", "this text");
    add("threads", po::value(&threads_)->value_name("N")->default_value(1),
        ("threads that serve, 1 to " + std::to_string(most_threads)).c_str());
}

std::optional<int> program::parse(int argc, const char* const* argv) {
    raise_descriptors();
    po::variables_map given;
    try {
        const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser(argc, argv).options(options).positional({}).style(style).run(), given);
        po::notify(given);
    } catch (const po::error& error) {
        return refuse(error.what());
    }
    if (given.count("help") > 0) {
        std::cout << "Usage: " << name_ << " [options]\n\n"
                  << about_
                  << "\nIt listens on 127.0.0.1, prints \"listening PORT\" and runs until SIGTERM;\nbench-load is its "
                     "load.\n\n"
                  << options;
        return 0;
    }
    if (threads_ < 1 || threads_ > most_threads_) return refuse("--threads is 1 to " + std::to_string(most_threads_));
    return std::nullopt;
}

int program::refuse(const std::string& message) const {
    std::cerr << name_ << ": " << message << " (try --help)\n";
    return 2;
}

void announce(std::uint16_t port) { std::cout << "listening " << port << std::endl; }

int listen_on_loopback() {
    const int fd = checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(::bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here), "bind");
    checked(::listen(fd, SOMAXCONN), "listen");
    return fd;
}

std::uint16_t port_of(int listener) {
    sockaddr_in here{};
    socklen_t size = sizeof here;
    checked(::getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size), "getsockname");
    return ntohs(here.sin_port);
}

}   // namespace bench
