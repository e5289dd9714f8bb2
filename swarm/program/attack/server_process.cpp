#include "server_process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <locale>
#include <sstream>
#include <string>

namespace hawser::swarm_program {

server_process::server_process(std::uint32_t pid)
    : folder_(::open(("/proc/" + std::to_string(pid)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

// A zombie has a status file, but no VmRSS in it.
std::optional<std::size_t> server_process::resident() const {
    const io::owned_descriptor file(::openat(folder_.number(), "status", O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return std::nullopt;
    std::array<char, 4096> part{};
    std::string text;
    for (ssize_t count = 0; (count = ::read(file.number(), part.data(), part.size())) > 0;)
        text.append(part.data(), static_cast<std::size_t>(count));
    std::istringstream status(text);
    status.imbue(std::locale::classic());
    for (std::string word; status >> word;) {
        std::size_t kibibytes = 0;
        if (word == "VmRSS:" && status >> kibibytes) return kibibytes * 1024;
    }
    return std::nullopt;
}

}   // namespace hawser::swarm_program
