// config: everything a server can be told. Each member has a default that is safe to use.
#pragma once

#include <hawser/frame/any_codec.hpp>
#include <hawser/io/limits.hpp>
#include <hawser/io/socket_options.hpp>
#include <hawser/server/admission.hpp>
#include <hawser/server/datagram_limits.hpp>
#include <hawser/server/push.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace hawser::inline v0::packet {
class control;
}

namespace hawser::inline v0::server {

class events;

/// What becomes of a handler, or a function it has offloaded, that goes on after the grace: blocked in something, say.
enum class stuck_policy : unsigned char {
    wait,      ///< run() and wait() return when it does
    abandon,   ///< they return without it, and name it: see report::stuck
    abort,     ///< names it on standard error and ends the process by SIGABRT, for a debugger to look at
};

/// What holds for a peer that has not said yet who it is: see router::first().
struct stranger_limits {
    /// The longest frame, either way; no more waits to be written to it. None: 64 KiB, or what config.codec allows if
    /// that is less, or can be no less.
    std::optional<std::size_t> max_frame = std::nullopt;
    /// From the accept until it is let in; 0: no end but those of config.limits.
    io::duration timeout = std::chrono::seconds(10);
};

/// Who is told what happens, a few of them in their order. It owns nothing, so that one may write it in braces
/// wherever a config is made.
class event_list {
public:
    static constexpr std::size_t most = 8;

    constexpr event_list() noexcept = default;
    /// Of more than `most` only the number is kept: a server refuses them.
    constexpr event_list(std::initializer_list<events*> all) noexcept : size_(all.size()) {
        std::copy_n(all.begin(), std::min(size_, most), all_.begin());
    }

    /// As many as were given.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr events* const* begin() const noexcept { return all_.data(); }
    [[nodiscard]] constexpr events* const* end() const noexcept { return all_.data() + std::min(size_, most); }

private:
    std::array<events*, most> all_ = {};
    std::size_t size_ = 0;
};

/// It owns memory: where one awaits it has a name, or belongs to a server that has one. (Made inside of a co_await,
/// g++ 12 destroys it twice.)
struct config {
    /// HOST:PORT, [V6]:PORT, :PORT (all addresses), tcp4: or tcp6: before one of them, or unix:PATH; with udp:, udp4:
    /// or udp6: before it, datagrams come there, for server::on_datagram(). Port 0 lets the system pick.
    std::vector<std::string> listen = {":8888"};
    /// Threads that serve connections, each with an io_context of its own; 0: one for each processor that the process
    /// may use (affinity, and its control groups' quotas, rounded up), fewer if so many do not fit beside what is asked
    /// for: into the memory, the descriptors, or max_connections.
    unsigned threads = 0;
    /// How frames are read and written, and how long they may be; the default protocol's if nothing is said.
    frame::any_codec codec = {};
    /// If what is sent has another format than what comes.
    std::optional<frame::any_codec> answer_codec = {};
    /// What bounds each connection.
    io::frame_limits limits = {};
    /// What bounds one whose peer is not known yet.
    stranger_limits strangers = {};
    /// What the system is told about the listeners' sockets and those of the connections they accept.
    io::socket_options sockets = {};
    /// Who may connect, how many, and how often.
    admission_limits admission = {};
    /// What bounds datagrams, which those lists of `admission` let in or not, too.
    datagram_limits datagrams = {};
    /// How long a handler that awaits may take for one packet; then its connection ends. A time-out of zero is off.
    io::duration request_timeout = std::chrono::seconds(30);
    /// How many tasks of its own a connection may have under way, begun by spawn() of its context. Each that runs is
    /// memory that a peer may have caused.
    std::uint32_t max_children = 64;
    /// How old a connection gets: then it is drained, as at a stop, and cut after drain_timeout. Up to a tenth
    /// of it earlier, so that those who came together do not leave together. Long enough for a working day,
    /// and no state lives for ever.
    io::duration max_lifetime = std::chrono::hours(24);
    /// What is said beside the requests: pings, goodbye, greetings. A router has that of its protocol, and needs none
    /// here; a serve coroutine asks connection::take_control() about each frame. It lives as long as the server.
    const packet::control* control = nullptr;
    /// A client that knows pings and says nothing is sent one after this, and again each time that it has passed; after
    /// `ping_misses` of them it counts as lost. With the defaults that is a minute, as for silence of the others.
    io::duration ping_interval = std::chrono::seconds(15);
    std::uint8_t ping_misses = 3;
    /// What becomes of pushes to clients that are slow.
    push_policies pushes = {};
    /// Bytes of memory for everything: threads, connections, and one pool for unfinished frames, lent buffers and what
    /// waits to be written. Unless set: a quarter of the machine's, or half of its control group's if that is less. See
    /// memory_plan.hpp, machine.hpp.
    std::optional<std::size_t> memory_budget = {};
    /// How long stop() and the signals let connections finish; 0 gives no grace.
    io::duration drain_timeout = std::chrono::seconds(10);
    /// When something of the user's has not ended 1 s after that. Of own threads only: the user's
    /// io_context is the user's.
    stuck_policy on_stuck = stuck_policy::wait;
    /// How long a connection that we close waits for the peer to close too, so that the last frame arrives.
    io::duration linger = std::chrono::seconds(1);
    /// What clients are told when draining, if the protocol has a goodbye: reconnect within.
    std::chrono::milliseconds reconnect_within = std::chrono::seconds(1);
    /// Who is told what happens, in this order: a log, figures, classes of yours, 8 at most. Each outlives the server;
    /// none is null. If there is nobody, only a run() that could not start is told, on standard error.
    event_list events = {};
};

}   // namespace hawser::server
