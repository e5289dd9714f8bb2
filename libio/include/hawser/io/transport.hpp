// transport: the closed set of things that carry bytes. What accept and dial give, and a stream is made of.
#pragma once

#include <hawser/io/endpoint.hpp>
#include <hawser/io/memory.hpp>
#include <hawser/io/task.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <variant>

namespace hawser::io {

/// A connected TCP or Unix socket.
using socket = asio::basic_stream_socket<asio::generic::stream_protocol, executor>;

using transport = std::variant<socket, memory_end>;   ///< a socket, or an end in memory

/// What the system says of an end of a socket; `none` for a family that has no place here.
[[nodiscard]] endpoint endpoint_of(const asio::generic::stream_protocol::endpoint& raw) noexcept;

[[nodiscard]] endpoint local_endpoint(const transport& of) noexcept;   ///< our end
/// Asks the system: `none` once a reset has arrived.
[[nodiscard]] endpoint remote_endpoint(const transport& of) noexcept;

/// Closes at once. A TCP peer gets a reset, and the system keeps nothing of the connection: no FIN_WAIT, no TIME_WAIT.
void reset(transport& of) noexcept;

}  // namespace hawser::io
