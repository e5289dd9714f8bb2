// server_process: the server as a process of this machine, if it is one: whether it lives and what memory it takes. From /proc.
//
//   const server_process server(pid);
//   if (const auto size = server.resident()) ...
//
// Keep one as long as you ask: it is of the process that had this number when it was made. A number is used again.
#pragma once

#include <hawser/io/owned_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace hawser::swarm_program {

class server_process {
public:
    explicit server_process(std::uint32_t pid);

    /// Bytes of memory that it has now; none if it has ended.
    [[nodiscard]] std::optional<std::size_t> resident() const;

private:
    io::owned_descriptor folder_;   // of the process, if there was one; what is below ends with it, whoever has its number then
};

}  // namespace hawser::swarm_program
