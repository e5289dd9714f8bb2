// connection: a client and a server, connected over loopback, for an experiment to play with.
//
//   const auto ends = co_await lab::connect();
//   const auto sent = co_await ends->server.write_all(as_bytes("hello"));
//   const auto got = co_await ends->client.read_some(buffer);
#pragma once

#include <hawser/io/stream.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace lab {

using namespace hawser;
using namespace std::chrono_literals;

/// One end: a stream, and the descriptor under it, for what only the kernel can tell. Its waits end after `patience`
/// unless an experiment moves the deadlines.
struct end : io::stream {
    explicit end(io::transport carrier);
    const int descriptor;

private:
    end(int below, io::transport&& carrier);
};

struct connection {
    connection(io::transport of_client, io::transport of_server)
        : client(std::move(of_client)), server(std::move(of_server)) {}
    end client;
    end server;
};

/// Far longer than anything here takes.
inline constexpr io::duration patience = 10s;

/// Both ends before they are streams.
struct transports {
    io::transport client;
    io::transport server;
};

/// A client connected to a server. `kernel_buffer` is the size of each of their buffers in the kernel, which grow to
/// megabytes otherwise. Linux takes it for twice as much. Throws if there can be no connection.
[[nodiscard]] io::task<transports> connect_transports(int kernel_buffer = 0);
/// The same, as streams.
[[nodiscard]] io::task<std::unique_ptr<connection>> connect(int kernel_buffer = 0);

/// Waits until the kernel has `count` bytes to read at this end.
[[nodiscard]] io::task<void> wait_for_bytes(end& at, std::size_t count);

/// Milliseconds since then.
[[nodiscard]] long ms_since(io::time_point then);

/// So many bytes that a missing, doubled or misplaced one shows.
[[nodiscard]] std::vector<std::byte> numbered_bytes(std::size_t count);

}   // namespace lab
