// server_process: whether a server process on this machine lives, and how much memory it has. From /proc.
//
//   const server_process server(pid);
//   if (const auto size = server.resident()) ...
//
// It stays with the process that had the pid when it was made, even if the pid is used again later: so make it once.
#pragma once

#include <hawser/io/owned_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace hawser::swarm_program {

class server_process {
public:
    explicit server_process(std::uint32_t pid);

    /// The bytes of memory that the process has now; none if it has ended.
    [[nodiscard]] std::optional<std::size_t> resident() const;

private:
    // /proc/PID of that process; its files are gone when the process is, even if another gets the pid.
    io::owned_descriptor folder_;
};

}   // namespace hawser::swarm_program
