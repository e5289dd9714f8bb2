// log: lines on standard error through Boost.Log, written by a thread of its own.
//
//   log::writer writer(log::level::info);                 // for the life of main()
//   log::server_events events;
//   server::server server({.events = {&events}}, router);
//   if (log::enabled(log::level::info)) log::write(log::level::info, "received " + text);
//
// Never blocks the caller, and throws nothing: at most `queue_size` lines wait. What comes on top, what there is no
// memory for and what cannot be written, since the disk is full or the reader gone, is lost and counted, and a line
// says how many. Build the text only when enabled() says so. Bytes of a peer must be escaped by whoever builds the
// text, and lines that a peer can cause are for may_write() to allow: one who floods us must not fill the disk as well.
#pragma once

#include <hawser/server/events.hpp>

#include <boost/log/trivial.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::log {

using level = boost::log::trivial::severity_level;   ///< of a line: boost::log::trivial::info and so on

/// Lines that may wait to be written: a burst of a second, about 10 MiB.
inline constexpr std::size_t queue_size = 16'384;

/// "trace", "debug", "info", "warning", "error", "fatal"; none for anything else.
[[nodiscard]] std::optional<level> parse_level(std::string_view name) noexcept;

/// Whether a line of this level would be written. One relaxed load. Any thread.
[[nodiscard]] bool enabled(level of) noexcept;
/// Queues one line. Any thread.
void write(level of, std::string_view line) noexcept;
/// Lines lost so far.
[[nodiscard]] std::uint64_t dropped() noexcept;

/// Lines about one reason that may_write() allows a second, if the writer is told nothing else.
inline constexpr unsigned usual_ration = 10;
/// enabled(), and whether one more line may be written for this reason now. What may not is counted, and within two
/// seconds a line says "and 1,874 more: REASON". A reason is one of few; a peer has no part in its text. `times`: what
/// is said again and again in peace has so many times what the writer allows. Any thread.
[[nodiscard]] bool may_write(level of, std::string_view reason, unsigned times = 1) noexcept;
/// Says now what was left out.
void write_left_out() noexcept;

/// Writes lines of this level and above while it lives, on a thread of its own: with write(2), as standard error is
/// shared with others. Its end writes what waits, for at most a second, since nobody may read. One at a time.
class writer {
public:
    /// `lines_a_second` are those that may_write() allows; 0 is all.
    explicit writer(level lowest, unsigned lines_a_second = usual_ration);
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;
    ~writer();

private:
    struct sink;
    std::unique_ptr<sink> sink_;
};

/// What a server tells, as lines: its start, connections that end and why, peers that are turned away, trouble with
/// accepting, handlers of datagrams that throw, the stop. Of each reason as many as may_write() allows; if that left
/// out the end of a connection, a line at the stop says how many ended for which reason.
class server_events final : public server::events {
public:
    void planned(const server::memory_plan& plan) override;
    void listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>& ports) override;
    void opened(const server::peer& who) override;
    void closed(const server::peer& who, const server::ending& how) override;
    void refused(const io::endpoint& who, const error_code& why) override;
    void datagram_failed(const io::endpoint& from, const std::string& why) override;
    void accept_failed(const error_code& why, io::duration pause) override;
    void stopping(std::size_t connections) override;
    void stuck(const std::string& what) override;
    void stopped(const server::report& done) override;

private:
    // Of the reasons that are written, how often.
    struct count {
        error_code why;
        std::uint64_t times;
    };

    void note_end(const error_code& why, bool is_told);
    void write_ends();

    std::mutex mutex_;
    std::vector<count> ends_;
    bool left_some_out_ = false;
};

}   // namespace hawser::log
