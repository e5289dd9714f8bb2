// busy_socket: a listening socket that nobody accepts on, with no room in its queue: a dial to it hangs.
#pragma once

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace hawser::test {

class busy_socket {
public:
    explicit busy_socket(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
        begin(reinterpret_cast<const sockaddr*>(&name), sizeof name);
    }
    busy_socket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        begin(reinterpret_cast<const sockaddr*>(&name), sizeof name);
    }
    busy_socket(const busy_socket&) = delete;
    busy_socket& operator=(const busy_socket&) = delete;
    ~busy_socket() {
        for (const int each : clients_) ::close(each);
        ::close(fd_);
    }

    std::uint16_t port() const {
        sockaddr_in name{};
        socklen_t size = sizeof name;
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size);
        return ntohs(name.sin_port);
    }

    // Takes one out of the queue, if there is one, and so makes room.
    void accept_one() { clients_.push_back(::accept(fd_, nullptr, nullptr)); }

private:
    void begin(const sockaddr* name, socklen_t size) {
        BOOST_TEST_REQUIRE(::bind(fd_, name, size) == 0);
        BOOST_TEST_REQUIRE(::listen(fd_, 0) == 0);
        sockaddr_storage bound{};
        socklen_t bound_size = sizeof bound;
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &bound_size);
        for (int count = 0; count < 4; ++count) {   // one or two fill the queue; who does not fit is left waiting
            clients_.push_back(::socket(name->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0));
            static_cast<void>(::connect(clients_.back(), reinterpret_cast<const sockaddr*>(&bound), bound_size));
        }
    }

    int fd_;
    std::vector<int> clients_;
};

}   // namespace hawser::test
