// dial: connects, as Go's net.Dial with a time-out.
//
//   auto carrier = co_await io::dial(*io::address::parse("localhost:8888"), 5s);
#pragma once

#include <hawser/io/address.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/socket_options.hpp>
#include <hawser/io/transport.hpp>

#include <stop_token>

namespace hawser::inline v0::io {

/// Connects to `where` from this task's io_context, trying each address of a name in turn; `connect_timeout` if none
/// answered in time, name resolution included (it is abandoned; a numeric host needs none). Each address gets an equal
/// part of the time that is left, but not less than two seconds of it, so that one that is silent does not use up all.
/// If all fail, what was wrong with the first. `wrong_network` for a udp address.
[[nodiscard]] task<result<transport>> dial(address where, duration timeout, socket_options options = {});
/// The same until `stop` is requested, from any thread: then the dial is abandoned, with `closed`.
[[nodiscard]] task<result<transport>> dial(address where, duration timeout, std::stop_token stop,
                                           socket_options options = {});

}   // namespace hawser::io
