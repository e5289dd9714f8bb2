// socket_options: what the system is told about a socket, with defaults that are good for packets between servers.
//
//   auto listener = io::listen(executor, where, {.receive_buffer = 256 * 1024});
//   auto carrier = co_await io::dial(where, 5s, {.user_timeout = 30s});
//
// They are set before a socket listens or connects: a receive buffer has to be known when the first segment is
// answered. What a listener accepts inherits all of them from it, so a connection costs no further call. What does not
// apply is left out: a Unix socket has buffers and a backlog, a connection in memory has its own options (memory.hpp),
// datagrams have buffers and a source.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/endpoint.hpp>

#include <chrono>

namespace hawser::inline v0::io {

/// Trivial to copy and to destroy, so that a temporary one is safe inside a co_await (g++ 12).
struct socket_options {
    /// No Nagle's algorithm: packets are written in batches already, and it would only hold the last of them back.
    bool no_delay = true;

    /// The kernel asks a silent peer whether it is still there, as in Go: first after 15 s, then every 15
    /// s, and gives up after 9 answers that did not come, which is 2.5 minutes. Asking costs a peer nothing
    /// but an answer of its kernel.
    bool keep_alive = true;
    std::chrono::seconds keep_alive_idle{15};
    std::chrono::seconds keep_alive_interval{15};
    int keep_alive_probes = 9;

    /// Bytes that were sent may wait for the peer's kernel this long before the connection is `timed_out`; it
    /// replaces the count of keep-alive probes. 0: the system's own bound, about 15 minutes. Not on by default
    /// because it also ends a peer that is there and reads nothing for that long, for which frame_limits has a
    /// bound that a user can see.
    std::chrono::milliseconds user_timeout{0};

    /// close() throws away what has not been sent and resets the connection (SO_LINGER 0, Go's SetLinger(0)). Otherwise
    /// the kernel goes on sending in the background. A linger of some seconds is not offered: it blocks the thread in
    /// close(), and with it every connection there; frame_stream::finish() waits without blocking.
    bool reset_at_close = false;

    /// Bytes of the kernel's buffers, which doubles what it is asked for; 0: it tunes them itself while the connection
    /// runs, which is best unless there are many connections and little memory.
    int send_buffer = 0;
    int receive_buffer = 0;

    /// To connect: the address to come from, with any port, of the same family as where to; none: the system decides.
    /// One address has some 28,000 ports for connections to the same server (net.ipv4.ip_local_port_range).
    endpoint source{};

    /// Connections that may wait to be accepted; the system has a bound of its own (net.core.somaxconn, 4096), which is
    /// the default so that a burst of clients is not refused before the server has looked.
    int backlog = 4096;

    /// To listen at a Unix path: the mode of the socket file, whatever the umask is. Who may write to it may connect:
    /// by default the process's user and group.
    unsigned unix_mode = 0660;
};

/// Sets them on an open socket that neither listens nor is connected, by its descriptor. The system's error for what
/// makes no sense to it, such as a keep-alive of no seconds: `misuse`.
[[nodiscard]] error_code apply(const socket_options& options, int descriptor) noexcept;

}   // namespace hawser::io
