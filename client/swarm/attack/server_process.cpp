#include "server_process.hpp"

#include <fstream>

namespace hawser::swarm_program {

// One who has ended and was not waited for has a status, but no memory.
std::optional<std::size_t> server_process::resident() const {
    std::ifstream status(status_);
    for (std::string word; status >> word;) {
        std::size_t kibibytes = 0;
        if (word == "VmRSS:" && status >> kibibytes) return kibibytes * 1024;
    }
    return std::nullopt;
}

}  // namespace hawser::swarm_program
