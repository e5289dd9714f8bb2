// handle: a connection from anywhere: copyable, usable from any thread, harmless after the connection (even the server)
// ended.
//
//   const server::handle to = here.handle();           // in a handler, or a serve coroutine
//   const result<void> sent = co_await to.send(tick);  // in any hawser task, on any thread; send_blocking() in no task
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/task.hpp>
#include <hawser/packet/packet.hpp>
#include <hawser/server/push.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::server {

class session;

class handle {
public:
    handle() = default;
    explicit handle(std::weak_ptr<session> to) noexcept : session_(std::move(to)) {}   ///< the server's to make

    /// Sends the frame of `body` (copied at once): waits for room as connection::send does, on the connection's own
    /// thread. `closed` if the connection has ended; `write_timeout` if its thread is behind, and took nothing for
    /// limits.push_timeout; `not_enough_memory` if the server's pool is full. To be awaited in any
    /// hawser task, on any thread.
    [[nodiscard]] io::task<result<void>> send(bytes body) const;
    /// The same with a packet; `value_too_long` if it cannot be encoded.
    template <packet::given_packet Packet>
    [[nodiscard]] io::task<result<void>> send(Packet&& made) const {
        static_assert(
            io::safe_to_await<Packet> || !std::is_aggregate_v<Packet>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        byte_buffer body;
        const error_code error = packet::encode(made, body);
        return send_owned(*this, std::move(body), error);
    }
    /// The same for a thread that is no coroutine: blocks until the outbox has the frame. On the threads of the server,
    /// which could wait for each other for ever, it is refused (`operation_not_permitted`).
    [[nodiscard]] result<void> send_blocking(bytes body) const;
    /// The same with a packet. Errors of encoding it, too.
    template <packet::packet Packet>
    [[nodiscard]] result<void> send_blocking(const Packet& made) const {
        byte_buffer body;
        if (const error_code error = packet::encode(made, body)) return error;
        return send_blocking(body.view());
    }

    /// Pushes a frame, as session_view::push does, on the connection's own thread.
    [[nodiscard]] io::task<result<void>> push(frame::shared_frame made, push_as as = {}) const;
    /// The same without waiting, for any thread. `outbox_full` if the connection's thread is behind; `closed`. From
    /// another thread that is all that is said: where the policy of the connection is then to wait and it has no room,
    /// the frame is lost for it, and counted, as one that was published.
    [[nodiscard]] error_code try_push(frame::shared_frame made, push_as as = {}) const;

    /// Ends the connection now, or in peace, as session_view::close() and finish() do.
    void close() const noexcept;
    void finish() const noexcept;   ///< as session_view::finish()

    /// Whether the connection has ended; it may end right after.
    [[nodiscard]] bool expired() const noexcept { return session_.expired(); }

private:
    static io::task<result<void>> send_owned(handle to, byte_buffer body, error_code failed);
    static io::task<result<void>> push_shared(handle to, frame::shared_frame made, push_as as);

    struct parcel;   // in handle.cpp
    struct carrier;

    std::weak_ptr<session> session_;
};

}   // namespace hawser::server
