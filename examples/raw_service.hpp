// raw_service: serves bytes as they come, without frames: a listener, and a stream and a coroutine a connection.
//
//   return example::serve_raw({":7000"}, echo_bytes, 60s, events);      // until SIGINT or SIGTERM
//
// All on one thread. What server::server does for frames and this does not: several threads, limits on all that a peer
// could make grow (here `serve` has one buffer, and the connections are counted), a report, a drain that loses nothing
// (here only what was read is answered, within 2 s).
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/stream.hpp>
#include <hawser/server/events.hpp>

#include <string>
#include <vector>

namespace example {

using namespace hawser;

/// Serves one connection, closed when this returns; one that is silent for `idle` should be left.
using raw_function = io::task<void> (*)(io::stream& conn, io::duration idle);

/// Tells `events` when all listen, or why they cannot. The exit status.
[[nodiscard]] int serve_raw(const std::vector<std::string>& listen, raw_function serve, io::duration idle,
                            server::events& events);

}   // namespace example
