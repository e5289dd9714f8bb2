// server_process: the server as a process of this machine, if it is one: whether it lives and what memory it takes. From /proc.
//
//   const server_process server(pid);
//   if (const auto size = server.resident()) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace hawser::swarm_program {

class server_process {
public:
    explicit server_process(std::uint32_t pid) : status_("/proc/" + std::to_string(pid) + "/status") {}

    /// Bytes of memory that it has now; none if it has ended.
    [[nodiscard]] std::optional<std::size_t> resident() const;

private:
    std::string status_;
};

}  // namespace hawser::swarm_program
