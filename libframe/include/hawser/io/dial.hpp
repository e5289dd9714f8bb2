// dial: connects, as Go's net.Dial with a time-out.
//
//   auto carrier = co_await io::dial(*io::address::parse("localhost:8888"), 5s);
#pragma once

#include <hawser/io/address.hpp>
#include <hawser/io/transport.hpp>

#include <stop_token>

namespace hawser::io {

/// Connects to `where` from this task's io_context, trying each address of a name in turn; `connect_timeout` if none
/// answered in time (name resolution included). TCP connections are made with no-delay on: a protocol of small
/// messages that are written in batches has nothing to gain from Nagle's algorithm.
[[nodiscard]] task<result<transport>> dial(address where, duration timeout);
/// The same until `stop` is requested, from any thread: then the dial is abandoned, with `closed`.
[[nodiscard]] task<result<transport>> dial(address where, duration timeout, std::stop_token stop);

}  // namespace hawser::io
