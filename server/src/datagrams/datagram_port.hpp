// datagram_port: one socket for datagrams of a server, on one of its threads: what comes is handled there, one after
// the other, and answered by the same socket.
//
//   datagram_port port({home, service, socket, secret}, [&](auto owner) { ... });   // it has ended
//   port.open_soon(owner);                 // any thread; the rest on its own
//   port.drain(end);                       // what the kernel has queued is still handled, and who waits is joined
//   port.cut();
//
// Invariant: no failure of a datagram, of its handler or of the system ends it, only drain() and cut(). It has its
// coroutine and its buffers from its making on, so neither its beginning nor its end needs memory. After a turn of
// datagrams the others of its thread have theirs.
#pragma once

#include "../service.hpp"
#include "../tally.hpp"
#include "address_rates.hpp"

#include <hawser/bytes.hpp>
#include <hawser/io/datagram_socket.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/task_chain.hpp>
#include <hawser/server/datagram.hpp>
#include <hawser/server/datagram_limits.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace hawser::inline v0::server {

class worker;

class datagram_port : private io::task_chain<void> {
public:
    /// What it is made of. The thread and the service outlive it.
    struct parts {
        worker& home;
        const service& of;
        std::unique_ptr<io::datagram_socket> socket;   // on that thread
        std::uint64_t secret;                          // a number that no peer can guess
    };
    /// Called on its thread with its owner; throws nothing.
    using ended_function = std::function<void(std::shared_ptr<const void> owner)>;

    datagram_port(parts made, ended_function ended);

    /// Begins. `owner` keeps this until it has ended.
    void open_soon(std::shared_ptr<const void> owner) noexcept;

    // On its thread.

    /// Handles what has come, as long as it is not `end`, then waits for handlers that wait, and ends. Again: only an
    /// earlier end counts.
    void drain(io::time_point end) noexcept;
    /// Nothing is received or answered any more; it ends when its handlers have.
    void cut() noexcept { socket_->close(); }

    /// Any thread. What is under way counts as cut.
    [[nodiscard]] datagram_counts counts() const noexcept;

    static constexpr std::string_view handler_name = "a handler of datagrams";

private:
    friend class datagram;

    using received = io::datagram_socket::received;
    struct counters {
        counter in, out;
        counter denied, too_often, too_long, too_many_under_way, no_memory, failed;
        counter answers_too_long, answers_amplifying, answers_not_taken;
        counter begun, done;   // by handlers
    };
    // Datagrams handled before others of the thread have their turn: as many as frames of a connection.
    static constexpr unsigned turn = 64;
    // What a handler that waits takes beside its question.
    static constexpr std::size_t call_frames = 1024;

    void open(std::shared_ptr<const void> owner);
    [[nodiscard]] io::task<void> serve();
    [[nodiscard]] io::task<void> receive();
    [[nodiscard]] io::task<void> handle_the_rest();
    [[nodiscard]] io::task<error_code> handle_next();
    [[nodiscard]] error_code handle_waiting() noexcept;
    [[nodiscard]] io::task<void> pause();
    void completed() override;
    void abandon() noexcept override;

    void handle(const received& got) noexcept;
    [[nodiscard]] counter* why_not(const received& got) noexcept;
    void handle_at_once(const datagram_handler::function& how, const received& got) noexcept;
    void begin_to_handle(const received& got) noexcept;
    static io::task<void> handle_later(datagram_port& self, std::shared_ptr<const void> owner, io::endpoint from,
                                       byte_buffer asked);
    void handler_failed(const io::endpoint& from) noexcept;   // in its catch clause

    [[nodiscard]] const datagram_limits& limits() const noexcept { return service_.settings.datagrams; }
    [[nodiscard]] mutable_bytes room_for_question() { return asked_.prepare(limits().largest).first(limits().largest); }
    void send(bytes body, const io::endpoint& to) noexcept;

    // More than twelve: its parts, which begin in this order and end in the other.
    worker& home_;
    const service& service_;
    std::unique_ptr<io::datagram_socket> socket_;
    ended_function ended_;
    byte_buffer asked_;    // what is received
    byte_buffer answer_;   // where an answer may be written
    address_rates rates_;
    counters counted_;
    io::event woken_;   // from a pause
    io::group calls_;
    std::optional<io::time_point> drained_by_;
    io::operation_memory opening_;
    io::operation_memory turns_;
    std::shared_ptr<const void> owner_;   // from its beginning to its end; and there is work till then:
    std::optional<io::asio::executor_work_guard<io::executor>> stays_;
};

}   // namespace hawser::server
