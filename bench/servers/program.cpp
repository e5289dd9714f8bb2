#include "program.hpp"

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

}  // namespace

program::program(std::string name, std::string about, std::uint32_t most_threads)
    : line(std::move(name), "[options]", std::move(about),
           "It listens on 127.0.0.1, prints \"listening PORT\" and runs until SIGTERM. bench-load --port PORT is its load.\n") {
    line.add("threads", "N", "threads that serve, 1 to " + std::to_string(most_threads) + " (1)",
             hawser::tools::into_count(threads, 1, most_threads));
}

std::optional<int> program::parse(int argc, const char* const* argv) {
    raise_descriptors();
    return line.parse(argc, argv);
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

}  // namespace bench
