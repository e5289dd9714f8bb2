// server: accepts connections and serves each in a coroutine, until it is stopped.
//
//   server::server server({.listen = {":8888"}, .threads = 2}, router);   // or a serve coroutine instead of a router
//   return server.run().exit_status();                                    // until SIGINT or SIGTERM, then drains
//
// Connections are spread over threads, each with an io_context of its own; a connection stays on its thread. stop(),
// connections(), ready() and wait() may be called from any thread.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/plain_function.hpp>
#include <hawser/io/task.hpp>
#include <hawser/server/byte_connection.hpp>
#include <hawser/server/config.hpp>
#include <hawser/server/connection.hpp>
#include <hawser/server/datagram.hpp>
#include <hawser/server/router.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace hawser::inline v0::io {
class listener;   // who brings another includes <hawser/io/listener.hpp>: sockets are much to compile
}

namespace hawser::inline v0::server {

/// What a server did, when it has ended.
struct report {
    std::uint64_t accepted = 0;       ///< connections that were let in
    refusals refused = {};            ///< connections that were not, by the reason
    std::uint64_t frames_in = 0;      ///< whole frames received, on connections that have ended
    std::uint64_t frames_out = 0;     ///< whole frames sent or, when a connection was lost, taken to be sent
    std::uint64_t bytes_in = 0;       ///< without frames, bytes: received
    std::uint64_t bytes_out = 0;      ///< and written
    frame::push_counts pushes = {};   ///< what became of pushes to clients that were slow
    std::uint64_t published = 0;      ///< frames that were published, counted for each connection that was offered one
    std::uint64_t lost = 0;           ///< those that a connection was not: its thread was too busy, or it
                                      ///< had no room and would wait
    std::size_t drained = 0;          ///< connections that were open at the stop and ended with all that they had
                                      ///< received answered, and the answers with their peers
    std::size_t forced = 0;           ///< those that had to be cut before
    std::size_t unanswered = 0;       ///< what that cost, as far as is known: requests not handled or under way, and
                                      ///< frames that waited to be written
    datagram_counts datagrams = {};   ///< what became of datagrams
    /// Handlers that still run and were waited for no longer, as config.on_stuck or a second signal wanted: their names
    /// and connections. They need what they refer to, so the process is to end next, best by
    /// std::_Exit(report.exit_status()).
    std::vector<std::string> stuck = {};
    std::string failure = {};   ///< why it could not start, one line; empty if it could

    /// "5 connections drained, 0 cut; 100 frames in, 100 out; 0 unanswered" (or bytes for frames), what became of
    /// pushes to slow clients and of datagrams, and who was refused, if anything and anybody.
    [[nodiscard]] std::string text() const;

    /// What main() returns: 0 all ended in peace, 1 it could not start (see `failure`), 3 something was cut when the
    /// grace was over (`forced`, `datagrams.cut`) or still runs (`stuck`). 2 is for the program to say that its options
    /// make no sense. A report is no number by itself: `if (server.run())` would be true of a failure.
    [[nodiscard]] int exit_status() const noexcept {
        return !failure.empty() ? 1 : forced + datagrams.cut > 0 || !stuck.empty() ? 3 : 0;
    }
};

class server {
public:
    using serve_function = std::function<io::task<void>(connection&)>;
    using serve_bytes_function = std::function<io::task<void>(byte_connection&)>;
    using make_listener = std::function<result<std::unique_ptr<io::listener>>(const io::executor&)>;

    /// Throws std::invalid_argument for a config that makes no sense, with the numbers.
    server(config settings, router routes);
    /// `serve` is called once a connection, on the threads of the server.
    server(config settings, serve_function serve);
    /// The same without frames: the config has no codec. See byte_connection.hpp.
    server(config settings, serve_bytes_function serve);
    /// Of datagrams alone: every address of the config is a udp: one.
    server(config settings, datagram_handler handler);
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    /// Stops without grace and joins, if it still runs. On the user's io_context it cannot
    /// wait: what is left ends there.
    ~server();

    /// One more place that connections come from, beside those in the config. Before the start.
    void add_listener(make_listener make);
    /// What answers the datagrams that come to the udp: addresses of the config, of which there is one then: beside
    /// connections, in the same server. Before the start; the last one counts. See datagram.hpp.
    server& on_datagram(datagram_handler handler);

    /// Starts, handles SIGINT and SIGTERM if nobody else does (drain; a second one, 500 ms later or more, ends at once,
    /// whatever still runs: see hawser/io/stop_signals.hpp), and returns when all has ended. It takes the process to be
    /// its own, which start() does not: it raises the soft limit on descriptors to the hard one, opens standard streams
    /// that are closed, has SIGPIPE and SIGXFSZ do nothing (hawser/io/process.hpp) and, when the config has a
    /// memory_budget, makes malloc give large blocks back to the system at once (M_MMAP_THRESHOLD).
    report run();

    /// Starts on threads of its own, those of the config and one that lets connections in, without signals.
    /// When it returns, every listener accepts. A start that failed may be tried again; a second one after that
    /// is `operation_in_progress`.
    [[nodiscard]] result<void> start();
    /// Starts on the user's io_context, without threads or signals: before it runs, or on its thread. One thread runs
    /// it, and it outlives the server. Its run() has no more work of ours once stop() is through. After a forced end a
    /// handler that would not end may still be there, and needs what it refers to.
    [[nodiscard]] result<void> start(io::asio::io_context& users);

    /// Asks for the end and returns at once: stop accepting, finish what has been received, let every answer arrive,
    /// cut what is left after `grace`. Any thread, any handler, repeatedly (an earlier end counts), before the start.
    void stop(io::duration grace);
    /// With the grace of the config.
    void stop();
    /// Waits for the end of all that start() began, and says how it went; at once if nothing was started. Not
    /// on a thread of the server.
    report wait();

    // Publishing: what goes to all connections that are open. A frame is made once, and is in memory once, however many
    // wait for it. Each thread is told by one function that is posted for all that has collected, at most
    // limits.outbound_cap bytes of it. A thread that is so far behind is a slow consumer: the config's policy for the
    // message says what becomes of it there, where it is to wait or to close the thread's connections wait, none is
    // closed. Then each connection's own policy decides, as with a push; but nobody waits for a single one: if that is
    // its policy and it has no room, the frame is lost for it. The report counts what was lost. Frames that one thread
    // or coroutine publishes arrive in their order. `stopping` before the start and after the stop.

    /// Offers a frame of frame_of() to every connection, but not to that with the number `except`. Waits where a
    /// thread is behind and the policy is to wait, at most limits.push_timeout a call (`write_timeout`: lost on that
    /// thread). In any hawser task.
    [[nodiscard]] io::task<result<void>> publish(frame::shared_frame made, push_as as = {}, std::uint64_t except = 0);
    /// The same with a packet. Errors of frame_of() too.
    template <packet::given_packet Packet>
    [[nodiscard]] io::task<result<void>> publish(Packet&& made, push_as as = {}, std::uint64_t except = 0) {
        static_assert(
            io::safe_to_await<Packet> || !std::is_aggregate_v<Packet>,
            "give it a name and await that: g++ 12 destroys twice what owns memory and is made inside of a co_await");
        return publish_made(frame_of(made), as, except);
    }
    /// Without waiting: `outbox_full`, and none is offered it, where the policy is to wait and a thread is
    /// behind. Any thread, any handler.
    [[nodiscard]] error_code try_publish(const frame::shared_frame& made, const push_as& as = {},
                                         std::uint64_t except = 0);
    /// Calls `what` once for every connection that is open, on the thread of each, and returns at once. What it
    /// throws ends that connection. Any thread, any handler. `what` must not wait. `outbox_full`, and nothing is
    /// called, if a thread is behind.
    [[nodiscard]] error_code each(io::plain_function<void(context&)> what);
    /// The frame of `body`, as this server frames it, to be published, or pushed to any number of its connections. Its
    /// memory counts in the server's pool until nobody holds it; `not_enough_memory` if the pool is full.
    [[nodiscard]] result<frame::shared_frame> frame_of(bytes body) const;
    /// The same of a packet.
    template <packet::packet Packet>
    [[nodiscard]] result<frame::shared_frame> frame_of(const Packet& made) const {
        byte_buffer body;
        if (const error_code error = packet::encode(made, body)) return error;
        return frame_of(body.view());
    }

    /// This server for whoever may outlive it: from its start on, before that of none. A handler has that of its own:
    /// session_view::server(). Any thread.
    [[nodiscard]] server_handle handle() const noexcept;

    /// Why start() failed, in one line with the address. On the thread that called it.
    [[nodiscard]] const std::string& failure() const noexcept;
    /// Whether new connections are welcome: from when every listener accepts until somebody asks for the end. For
    /// whoever sends clients here, a load balancer say.
    [[nodiscard]] bool ready() const noexcept;
    /// Connections that are open.
    [[nodiscard]] std::size_t connections() const noexcept;
    /// The port of the first TCP listener; 0 before the start.
    [[nodiscard]] std::uint16_t port() const noexcept;
    /// That of the first udp: address; 0 before the start.
    [[nodiscard]] std::uint16_t datagram_port() const noexcept;

private:
    [[nodiscard]] io::task<result<void>> publish_made(result<frame::shared_frame> made, push_as as,
                                                      std::uint64_t except);

    struct parts;
    std::unique_ptr<parts> parts_;
};

}   // namespace hawser::server
