#include "kernel.hpp"

#include <sys/socket.h>

#include <fstream>
#include <locale>
#include <sstream>
#include <string>

namespace lab {

namespace {

// 0100007F:22B8, in hexadecimal.
unsigned port_of(const std::string& address) {
    return static_cast<unsigned>(std::stoul(address.substr(address.find(':') + 1), nullptr, 16));
}

}   // namespace

::tcp_info tcp_info_of(int descriptor) {
    ::tcp_info info{};
    ::socklen_t size = sizeof info;
    ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
}

unsigned tcp_state(const end& side) { return tcp_info_of(side.descriptor).tcpi_state; }

unsigned tcp_state(unsigned local_port, unsigned remote_port) {
    std::ifstream table("/proc/net/tcp");
    std::string line, number, local, remote, state;
    std::getline(table, line);
    while (std::getline(table, line)) {
        std::istringstream words(line);
        words.imbue(std::locale::classic());
        words >> number >> local >> remote >> state;   // 0: 0100007F:22B8 0100007F:9C40 06 ...
        if (port_of(local) == local_port && port_of(remote) == remote_port)
            return static_cast<unsigned>(std::stoul(state, nullptr, 16));
    }
    return 0;
}

std::string_view name_of(unsigned state) {
    constexpr std::string_view names[] = {"nothing",    "ESTABLISHED", "SYN_SENT",  "SYN_RECV",
                                          "FIN_WAIT1",  "FIN_WAIT2",   "TIME_WAIT", "CLOSE",
                                          "CLOSE_WAIT", "LAST_ACK",    "LISTEN",    "CLOSING"};
    return state < std::size(names) ? names[state] : "an unknown state";
}

io::task<void> wait_for_state(const end& side, unsigned state) {
    for (const auto began = io::clock::now(); tcp_state(side) != state && io::clock::now() < began + patience;)
        co_await io::sleep(1ms);
}

}   // namespace lab
