// carrier: what carries the bytes of a stream: a socket, memory, and whatever somebody else makes one of.
//
//   class sealed final : public io::carrier { ... };                    // its bytes go sealed over a socket of its own
//   io::stream conn(io::transport(std::make_unique<sealed>(std::move(connected))));
//
// It only tries, and says when it is worth trying again: deadlines, turns and whole transfers are the stream's. What it
// throws is std::bad_alloc, and nothing else. To be
// used on the thread of its executor only. test/support/masked.hpp has one.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/endpoint.hpp>
#include <hawser/io/task.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <cstddef>

namespace hawser::inline v0::io {

/// A connected TCP or Unix socket.
using socket = asio::basic_stream_socket<asio::generic::stream_protocol, executor>;

class carrier {
public:
    virtual ~carrier() = default;
    carrier& operator=(const carrier&) = delete;

    [[nodiscard]] virtual executor get_executor() noexcept = 0;   ///< where it lives

    /// Bytes that are there, as many as fit; asio::error::would_block if none are, `end_of_stream` if none will be.
    /// Not 0, unless `into` is empty.
    [[nodiscard]] virtual result<std::size_t> try_read(mutable_bytes into) = 0;
    /// As many bytes as can be taken now, not 0; asio::error::would_block if none can.
    [[nodiscard]] virtual result<std::size_t> try_write(bytes data) = 0;
    /// Returns when it is worth trying, sometimes before that, or after wake().
    [[nodiscard]] virtual task<error_code> wait_readable() = 0;
    [[nodiscard]] virtual task<error_code> wait_writable() = 0;   ///< the same for writing
    /// Asked before each wait: the socket that is readable and writable when this is. It is waited for, which takes no
    /// coroutine, and wait_readable() and wait_writable() are not asked. Null if there is none, or if this holds bytes
    /// back that it has read from its socket already: no wait for that would end, or one would end at
    /// once.
    [[nodiscard]] virtual socket* waits_on() noexcept { return nullptr; }
    virtual void wake() noexcept = 0;   ///< whoever waits, to look again

    [[nodiscard]] virtual std::size_t available() const noexcept = 0;   ///< bytes that can be read without waiting
    /// Bytes written that have not reached the peer's side yet.
    [[nodiscard]] virtual std::size_t unsent() noexcept = 0;

    /// Says that nothing more comes. True if unsent() counts that as one byte until it has arrived.
    virtual bool close_write() noexcept = 0;
    /// Drops what has arrived and what still does; it is readable from then on.
    virtual void close_read() noexcept = 0;
    virtual void close() noexcept = 0;           ///< both, at once
    virtual void reset() noexcept { close(); }   ///< close(), and the peer is told that it is no end in peace

    [[nodiscard]] virtual int descriptor() noexcept { return -1; }   ///< for the kernel; -1 if there is none
    [[nodiscard]] virtual endpoint local() const noexcept = 0;       ///< our end
    [[nodiscard]] virtual endpoint remote() const noexcept = 0;      ///< `none` if it cannot be told any more

protected:
    carrier() = default;
    carrier(const carrier&) = default;
};

}   // namespace hawser::io
