// server_process: the server as a process of this machine, if it is one: whether it lives and what memory it takes. From /proc.
//
//   const server_process server(pid);
//   if (const auto size = server.resident()) ...
//
// Keep one as long as you ask: it is of the process that had this number when it was made. A number is used again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace hawser::swarm_program {

class server_process {
public:
    explicit server_process(std::uint32_t pid);
    server_process(const server_process&) = delete;
    server_process& operator=(const server_process&) = delete;
    ~server_process();

    /// Bytes of memory that it has now; none if it has ended.
    [[nodiscard]] std::optional<std::size_t> resident() const;

private:
    int folder_;   // of the process; what is below ends with it, whoever has its number then. -1: there was none
};

}  // namespace hawser::swarm_program
