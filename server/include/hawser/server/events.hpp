// events: what a server tells while it runs. Derive, override what you care about, name yours in
// the config, beside others.
//
//   struct figures : server::events { void closed(const server::peer& who, const server::ending& how) override; };
//   // a `figures` and a log::server_events, told in this order
//   server::server server({.events = {&counted, &log}}, router);
//
// Called on the server's threads, several at once: an implementation must be thread-safe, must not block and must not
// throw, which would end the process (when all the others have been told). Only planned() and listening() may, and then
// the start has failed: those behind it are not told, so who may throw comes first. Each outlives the server.
// The hawser::log target has one that writes through Boost.Log.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/frame/backlog.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/endpoint.hpp>
#include <hawser/server/memory_plan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hawser::inline v0::server {

struct report;

/// One connection, as events and handlers name it.
struct peer {
    std::uint64_t number = 0;   ///< 1 for the first connection of this server, and so on
    io::endpoint address;
};

/// Where a peer broke the protocol: the frame, or the bytes that are none.
struct stream_position {
    std::uint64_t offset = 0;             ///< in the peer's stream, of the first byte
    std::array<std::byte, 16> window{};   ///< the first bytes, the frame's header among them
    std::size_t window_size = 0;          ///< how many of them have arrived

    stream_position() = default;
    stream_position(std::uint64_t at, bytes what) noexcept;
};

/// How a connection ended.
struct ending {
    error_code why;                         ///< success: the serve coroutine returned by itself
    std::string detail;                     ///< what a handler threw; the packet and field of a breach; or empty
    std::optional<stream_position> where;   ///< after a breach, or an end inside a frame
    std::uint64_t frames_in = 0;
    std::uint64_t frames_out = 0;
    std::uint64_t bytes_in = 0;   ///< of a connection without frames
    std::uint64_t bytes_out = 0;
    std::uint64_t skips = 0;          ///< stretches of what came that were no frames and were dropped
    frame::push_counts pushes = {};   ///< what became of pushes while the peer was slow
    io::duration lasted{};

    /// The peer broke the protocol or the limit on a frame, and `where` says where.
    [[nodiscard]] bool is_breach() const noexcept;
    /// One line: "peer closed", "packet shorter than its fields: submit.id (offset 16, bytes 00 00 00 05 02)".
    [[nodiscard]] std::string text() const;
};

class events {
public:
    virtual ~events() = default;

    /// run() could not start, for this reason. True: it has been said. If that is true of nobody, run() says it on
    /// standard error, so that it is never silent.
    virtual bool start_failed(const std::string& why);
    /// How memory is divided, before the first connection.
    virtual void planned(const memory_plan& plan);
    /// Every listener accepts: their addresses in the order of the config, and the ports of TCP and UDP among them.
    virtual void listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>& ports);
    virtual void opened(const peer& who);                      ///< a connection was let in
    virtual void closed(const peer& who, const ending& how);   ///< it has ended, and how
    /// A peer was not let in. Told for each of them, in a flood too: whoever writes it down must leave some out.
    virtual void refused(const io::endpoint& who, const error_code& why);
    /// The handler of a datagram from there has thrown this; nothing else is told of single datagrams.
    virtual void datagram_failed(const io::endpoint& from, const std::string& why);
    /// accept() failed or turned away many on end, and goes on after this pause or when a connection ends, whichever is
    /// first.
    virtual void accept_failed(const error_code& why, io::duration pause);
    /// stop() was called, or a signal came: this many connections are to be drained.
    virtual void stopping(std::size_t connections);
    /// This handler of this connection goes on after the grace, and is waited for no longer: "submit of connection 7
    /// from 127.0.0.1:4711". After stopped(), on the thread that is in run() or wait().
    virtual void stuck(const std::string& what);
    /// The stop is over, and this is what run() and wait() will return. Handlers that do not end may still be there.
    virtual void stopped(const report& done);
};

}   // namespace hawser::server
