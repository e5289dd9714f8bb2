// datagram_service: serves datagrams with one coroutine a socket, all on one thread.
//
//   return example::serve_datagrams({"udp::7004"}, echo, events);      // until SIGINT or SIGTERM
#pragma once

#include <hawser/io/datagram_socket.hpp>
#include <hawser/server/events.hpp>

#include <string>
#include <vector>

namespace example {

using namespace hawser;

/// Serves until the socket is closed.
using datagram_function = io::task<void> (*)(io::datagram_socket& socket);

/// Tells `events` when all sockets are bound, or why they cannot be. The exit status.
[[nodiscard]] int serve_datagrams(const std::vector<std::string>& listen, datagram_function serve,
                                  server::events& events);

}   // namespace example
