// datagram_ports: the ports of a server for datagrams, each on one of its threads, and how many of them are open.
//
//   datagram_ports ports(sockets, crew, service, [&] { ... });   // one has ended: on the front's thread
//   ports.open_soon(owner);                                      // any thread; the rest on the front's
//   while (ports.open() > 0) ...
//
// They are drained and cut with the connections of their threads (worker.hpp).
#pragma once

#include "../running/crew.hpp"
#include "datagram_port.hpp"

#include <hawser/io/operation_memory.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace hawser::inline v0::server {

using datagram_sockets = std::vector<std::unique_ptr<io::datagram_socket>>;

/// The thread of a port, by its number among them: the last first, as connections go to the first where none has more.
[[nodiscard]] worker& home_of_port(const crew& of, std::size_t number) noexcept;

class datagram_ports {
public:
    /// Each socket is on its home_of_port(). The crew and the service outlive this. `one_ended` throws nothing.
    datagram_ports(datagram_sockets sockets, const crew& on, const service& of, std::function<void()> one_ended);

    /// `owner` keeps this until they have ended.
    void open_soon(const std::shared_ptr<const void>& owner) noexcept;
    /// Those that have not ended yet.
    [[nodiscard]] std::size_t open() const noexcept { return open_; }

private:
    struct one {
        one(datagram_port::parts made, datagram_port::ended_function ended) : port(std::move(made), std::move(ended)) {}
        datagram_port port;
        io::operation_memory telling;   // the front that it has ended
    };

    void tell_end(one& of, std::shared_ptr<const void> owner) noexcept;

    io::executor front_;
    const service& service_;
    std::function<void()> one_ended_;
    std::vector<std::unique_ptr<one>> ports_;
    std::size_t open_ = 0;
};

}   // namespace hawser::server
