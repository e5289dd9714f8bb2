#include "port_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace hawser::sample {

std::string write_port_file(const std::string& path, const std::vector<std::uint16_t>& ports) {
    const std::string unfinished = path + "." + std::to_string(::getpid());
    std::ofstream file(unfinished, std::ios::trunc);
    for (const std::uint16_t port : ports) file << port << '\n';
    file.close();
    if (file && std::rename(unfinished.c_str(), path.c_str()) == 0) return {};
    const std::string why = std::strerror(errno);
    std::remove(unfinished.c_str());
    return "cannot write the port file " + path + ": " + why;
}

}  // namespace hawser::sample
