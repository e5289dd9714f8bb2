// transport: a connection as accept and dial give it, and a stream is made of: a socket, or any carrier.
//
// A socket lies in it: its reads and writes take no allocation and no call through a pointer. All that tells a socket
// from another carrier is here.
#pragma once

#include <hawser/io/carrier.hpp>

#include <concepts>
#include <memory>
#include <utility>
#include <variant>

namespace hawser::inline v0::io {

class transport {
public:
    /// A connected socket: from now on it does not block, and no program that is started here inherits it.
    transport(socket connected) noexcept;                                       // NOLINT: implicit, a socket is one
    transport(std::unique_ptr<carrier> any) noexcept : on_(std::move(any)) {}   ///< not null  NOLINT: as above
    template <std::derived_from<carrier> Carrier>
    /// Throws std::bad_alloc NOLINT: as above.
    transport(Carrier other) : on_(std::make_unique<Carrier>(std::move(other))) {}

    // As a carrier has them.

    [[nodiscard]] executor get_executor() noexcept;                   ///< carrier::get_executor()
    [[nodiscard]] result<std::size_t> try_read(mutable_bytes into);   ///< carrier::try_read()
    [[nodiscard]] result<std::size_t> try_write(bytes data);          ///< carrier::try_write()
    [[nodiscard]] task<error_code> wait_readable();                   ///< carrier::wait_readable(), of a socket too
    [[nodiscard]] task<error_code> wait_writable();                   ///< the same for writing
    [[nodiscard]] socket* waits_on() noexcept;                        ///< carrier::waits_on(); or the socket
    void wake() noexcept;                                             ///< carrier::wake()
    [[nodiscard]] std::size_t available() const noexcept;             ///< carrier::available()
    [[nodiscard]] std::size_t unsent() noexcept;                      ///< carrier::unsent()
    bool close_write() noexcept;                                      ///< carrier::close_write()
    void close_read() noexcept;                                       ///< carrier::close_read()
    void close() noexcept;                                            ///< carrier::close()
    /// Closes at once. A TCP peer gets a reset, and the system keeps nothing of the connection: no FIN_WAIT,
    /// no TIME_WAIT.
    void reset() noexcept;
    [[nodiscard]] int descriptor() noexcept;         ///< carrier::descriptor()
    [[nodiscard]] endpoint local() const noexcept;   ///< our end
    /// Asks the system: `none` once a reset has arrived.
    [[nodiscard]] endpoint remote() const noexcept;

private:
    [[nodiscard]] carrier& other() const noexcept { return **std::get_if<std::unique_ptr<carrier>>(&on_); }

    std::variant<socket, std::unique_ptr<carrier>> on_;
};

/// What the system says of an end of a socket; `none` for a family that has no place here.
[[nodiscard]] endpoint endpoint_of(const asio::generic::stream_protocol::endpoint& raw) noexcept;

}   // namespace hawser::io
