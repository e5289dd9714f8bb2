// open_socket: how this library opens sockets: with close-on-exec from their first instant, so that no program that
// somebody in this process starts keeps a connection or a port. Asio opens its sockets without.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/owned_descriptor.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

namespace hawser::inline v0::io {

/// Opens a socket of Asio's, which is not open, for this protocol of Asio's.
template <class Socket, class Protocol>
[[nodiscard]] error_code open_socket(Socket& closed, const Protocol& protocol) {
    owned_descriptor made(::socket(protocol.family(), protocol.type() | SOCK_CLOEXEC | SOCK_NONBLOCK,
                                   protocol.protocol()));
    if (!made.is_open()) return {errno, boost::system::system_category()};
    error_code error;
    closed.assign(protocol, made.number(), error);
    if (!error) static_cast<void>(made.release());
    return error;
}

/// For one that somebody else has opened. The system refuses this of what is no descriptor, and of nothing else.
inline void keep_from_children(int descriptor) noexcept { static_cast<void>(::fcntl(descriptor, F_SETFD, FD_CLOEXEC)); }

}   // namespace hawser::io
