// reconnecting_client: requests over a connection that is kept: when it breaks, or the server says go_away, the next
// one is made. With several connections it is a pool: each request goes to the one that has the fewest under way.
//
//   client::reconnecting_client server(executor, *io::address::parse("localhost:8888"),
//                                      {.connections = 4, .hello = true});
//   const packet::submit made{.payload = text};
//   auto ack = co_await server.request(made);   // waits for a connection if there is none
//   co_await server.close();
//
// A request is sent once (`in_flight = fail`, the default), or again with the same id on the next connection when the
// one that it went out on breaks (`resend`: the server may then see it twice). To be used on the thread of its executor
// only, and destroyed before its io_context.
//
// Invariant: no request waits longer than its time-out, no more than `most_waiting` wait for a connection, and none is
// sent on a connection that the server has told to leave.
#pragma once

#include <hawser/client/back_off.hpp>
#include <hawser/client/client.hpp>
#include <hawser/io/plain_function.hpp>

#include <functional>
#include <stop_token>

namespace hawser::inline v0::client {

/// What becomes of a request whose connection breaks before its answer.
enum class on_break : unsigned char {
    fail,     ///< it gets the reason. Whether the server has handled it, nobody knows
    resend,   ///< the same bytes go out on the next connection, in order, while its time-out lasts:
              ///< for what may be done twice
};

/// How a connection of a reconnecting client is.
struct connection_state {
    /// In the order in which it goes on.
    enum class phase : unsigned char {
        dialling,
        greeting,    ///< hello, hook
        connected,   ///< requests flow
        waiting,     ///< for `until`, then it is dialled again
        closed,
    };
    phase now = phase::dialling;
    io::time_point until{};      ///< of `waiting`
    std::size_t in_flight = 0;   ///< of `connected`
    round_trips round_trip{};    ///< of `connected`, if it pings
    error_code last_failure{};   ///< why the last connection ended, or none was made
};

[[nodiscard]] std::string_view name_of(connection_state::phase state) noexcept;   ///< "dialling"

/// What a reconnecting client is told when it is made. A hook may own memory: where one awaits these have a name, or
/// belong to a client that has one. (Made inside of a co_await, g++ 12 destroys them twice.)
struct reconnecting_options {
    options connection = {};   ///< of each connection
    std::size_t connections = 1;
    on_break in_flight = on_break::fail;
    /// Begin each connection with a conn that says "hawser/1". Without it, or pings, the server may not send a go_away.
    bool hello = false;
    back_off_options pauses = {};
    /// A go_away may name any time up to 49 days. Nobody stays away for longer than this.
    io::duration longest_leave = std::chrono::minutes(1);
    std::size_t most_waiting = 1024;   ///< requests that wait because there is no connection
    /// Called with each new connection, after the hello and before any request: to log in, say. An error gives the
    /// connection up. It has the connect time-out, and must not keep the client.
    std::function<io::task<result<void>>(client& fresh)> hook = {};
    /// Told of each state that a connection enters, for a log say; not after the client is destroyed. It must
    /// neither throw nor destroy it.
    io::plain_function<void(std::size_t which, const connection_state& is)> watch = {};
};

/// Since the start, of all connections.
struct reconnecting_counters {
    std::uint64_t connected = 0;   ///< connections made and greeted
    std::uint64_t failed = 0;      ///< attempts that came to nothing
    std::uint64_t broken = 0;      ///< connections that ended without being told to
    std::uint64_t sent_away = 0;   ///< connections that were told to leave
    std::uint64_t resent = 0;      ///< requests that were sent once more
};

/// Makes a connection, elsewhere than io::dial does; must end soon when `stop` is requested, and after `timeout` in any
/// case. What its socket is told is its own affair: `sockets` of the options is for io::dial.
using dialler = std::function<io::task<result<io::transport>>(io::duration timeout, std::stop_token stop)>;

class connection_pool;

class reconnecting_client final : public requester {
public:
    /// Dials at once, and until it is closed. Throws std::invalid_argument for no connections, and for a hello or pings
    /// in a protocol that has none.
    reconnecting_client(const io::executor& here, io::address where, reconnecting_options settings = {});
    reconnecting_client(const io::executor& here, dialler dial, reconnecting_options settings = {});
    reconnecting_client(const reconnecting_client&) = delete;
    reconnecting_client& operator=(const reconnecting_client&) = delete;
    /// Ends everything now; requests under way get `closed`.
    ~reconnecting_client() override;

    // Requests: request() and send() wait for a connection within their time-out (that of the options for send()).
    // Beside the errors of the connection: `no_connection` (in time; nothing was sent), `too_many_waiting`.

    /// Waits until some connection is made; `no_connection` if none is in time.
    [[nodiscard]] io::task<result<void>> ready(io::duration timeout);
    /// The body of the next packet that no request waited for, from any connection; waits for one.
    [[nodiscard]] io::task<result<byte_buffer>> next();
    /// Ends in peace, whatever is going on: no more dialling, requests that wait get `closed` and those under way
    /// `stopping`. Returns when nothing runs any more.
    [[nodiscard]] io::task<void> close();

    /// As many as its options say, whether they are made or not.
    [[nodiscard]] std::size_t connections() const noexcept;
    /// Of the connection with this index.
    [[nodiscard]] connection_state state(std::size_t which = 0) const;
    [[nodiscard]] const reconnecting_counters& counters() const noexcept;   ///< since it was made
    /// Requests that wait because there is no connection.
    [[nodiscard]] std::size_t waiting() const noexcept;
    /// Packets that found the inbox full.
    [[nodiscard]] std::uint64_t dropped() const noexcept;

private:
    [[nodiscard]] bool has_command_at(const packet::command_place& place) const noexcept override;
    [[nodiscard]] io::duration request_timeout() const noexcept override;
    [[nodiscard]] std::uint32_t next_number(std::uint32_t last) noexcept override;
    [[nodiscard]] id_use use_of(const packet::identity& answer) const noexcept override;
    [[nodiscard]] io::task<result<byte_buffer>> exchange(packet::form form, packet::identity answer, bytes body,
                                                         io::duration timeout) override;
    [[nodiscard]] io::task<result<void>> send_body(byte_buffer body, error_code failed) override;

    std::shared_ptr<connection_pool> pool_;
};

}   // namespace hawser::client
