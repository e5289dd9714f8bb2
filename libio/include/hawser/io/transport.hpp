// transport: a connection as accept and dial give it, and a stream is made of: a socket, or any carrier.
//
// A socket lies in it: its reads and writes take no allocation and no call through a pointer. All that tells a socket from another carrier
// is here.
#pragma once

#include <hawser/io/carrier.hpp>

#include <concepts>
#include <memory>
#include <utility>
#include <variant>

namespace hawser::io {

class transport {
public:
    /// A connected socket: from now on it does not block, and no program that is started here inherits it.
    transport(socket connected) noexcept;   // NOLINT: implicit, a socket is one
    transport(std::unique_ptr<carrier> any) noexcept : on_(std::move(any)) {}   ///< not null  NOLINT: as above
    template <std::derived_from<carrier> Carrier>
    transport(Carrier other) : on_(std::make_unique<Carrier>(std::move(other))) {}   ///< throws std::bad_alloc  NOLINT: as above

    // As a carrier has them.
    [[nodiscard]] executor get_executor() noexcept;
    [[nodiscard]] result<std::size_t> try_read(mutable_bytes into);
    [[nodiscard]] result<std::size_t> try_write(bytes data);
    [[nodiscard]] task<error_code> wait_readable();   ///< where waits_on() is null
    [[nodiscard]] task<error_code> wait_writable();   ///< the same
    [[nodiscard]] socket* waits_on() noexcept;
    void wake() noexcept;
    [[nodiscard]] std::size_t available() const noexcept;
    [[nodiscard]] std::size_t unsent() noexcept;
    bool close_write() noexcept;
    void close_read() noexcept;
    void close() noexcept;
    /// Closes at once. A TCP peer gets a reset, and the system keeps nothing of the connection: no FIN_WAIT, no TIME_WAIT.
    void reset() noexcept;
    [[nodiscard]] int descriptor() noexcept;
    [[nodiscard]] endpoint local() const noexcept;
    /// Asks the system: `none` once a reset has arrived.
    [[nodiscard]] endpoint remote() const noexcept;

private:
    [[nodiscard]] carrier& other() const noexcept { return **std::get_if<std::unique_ptr<carrier>>(&on_); }

    std::variant<socket, std::unique_ptr<carrier>> on_;
};

/// What the system says of an end of a socket; `none` for a family that has no place here.
[[nodiscard]] endpoint endpoint_of(const asio::generic::stream_protocol::endpoint& raw) noexcept;

}  // namespace hawser::io
