#include "pair.hpp"

#include <boost/json.hpp>

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <iostream>
#include <system_error>
#include <thread>
#include <vector>

namespace bench {

namespace {

int checked(int returned, const char* what) {
    if (returned < 0) throw std::system_error(errno, std::generic_category(), what);
    return returned;
}

struct ends {
    int writer;
    int reader;
};

ends connected() {
    const int listener = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    auto* const address = reinterpret_cast<sockaddr*>(&here);
    checked(::bind(listener, address, size), "bind");
    checked(::listen(listener, 1), "listen");
    checked(::getsockname(listener, address, &size), "getsockname");
    const int writer = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    checked(::connect(writer, address, size), "connect");
    const int reader = checked(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), "accept");
    ::close(listener);
    return {writer, reader};
}

std::vector<unsigned> allowed_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    ::pthread_getaffinity_np(::pthread_self(), sizeof allowed, &allowed);
    std::vector<unsigned> cores;
    for (unsigned core = 0; core < CPU_SETSIZE; ++core)
        if (CPU_ISSET(core, &allowed)) cores.push_back(core);
    return cores;
}

void stay_on(unsigned core) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    ::pthread_setaffinity_np(::pthread_self(), sizeof one, &one);
}

void write_all(int fd, const work& submits, std::chrono::steady_clock::time_point end) {
    for (std::uint64_t offset = 0; std::chrono::steady_clock::now() < end;) {
        const auto request = submits.requests(offset).first(submits.frame_size() - offset % submits.frame_size());
        const ssize_t sent = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent < 0) break;
        offset += static_cast<std::uint64_t>(sent);
    }
    ::close(fd);
}

std::uint64_t read_all(int fd) {
    std::array<char, 64 * 1024> buffer;
    std::uint64_t bytes = 0;
    for (ssize_t got = 0; (got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;)
        bytes += static_cast<std::uint64_t>(got);
    ::close(fd);
    return bytes;
}

}   // namespace

int move_between_two(double seconds, const work& submits) {
    const std::vector<unsigned> cores = allowed_cores();
    const ends sockets = connected();
    const auto begin = std::chrono::steady_clock::now();
    const auto end = begin +
                     std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
    std::jthread writer([&, core = cores.front()] {
        stay_on(core);
        write_all(sockets.writer, submits, end);
    });
    stay_on(cores.back());
    const std::uint64_t bytes = read_all(sockets.reader);
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::cout << boost::json::serialize(boost::json::object{{"bytes", bytes},
                                                            {"seconds", took},
                                                            {"write_size", submits.frame_size()},
                                                            {"cores", cores.size() > 1 ? 2 : 1},
                                                            {"mb_per_second", static_cast<double>(bytes) / took / 1e6}})
              << std::endl;
    return bytes > 0 ? 0 : 1;
}

}   // namespace bench
