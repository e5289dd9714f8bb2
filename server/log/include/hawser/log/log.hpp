// log: lines on standard error through Boost.Log, written by a thread of its own.
//
//   log::writer writer(log::level::info);                 // for the life of main()
//   log::server_events events;
//   server::server server({.report_to = &events}, router);
//   if (log::enabled(log::level::info)) log::write(log::level::info, "received " + text);
//
// Never blocks the caller: at most `queue_size` lines wait, what comes on top is dropped and counted, and a line says how
// many. Build the text only when enabled() says so. Bytes of a peer must be escaped by whoever builds the text.
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

namespace hawser::log {

using level = boost::log::trivial::severity_level;

/// Lines that may wait to be written: a burst of a second, about 10 MiB.
inline constexpr std::size_t queue_size = 16'384;

/// "trace", "debug", "info", "warning", "error", "fatal"; none for anything else.
[[nodiscard]] std::optional<level> parse_level(std::string_view name) noexcept;

/// Whether a line of this level would be written. One relaxed load. Any thread.
[[nodiscard]] bool enabled(level of) noexcept;
/// Queues one line. Any thread.
void write(level of, std::string_view line);
/// Lines dropped so far because the queue was full.
[[nodiscard]] std::uint64_t dropped() noexcept;

/// Writes lines of this level and above while it lives; its end writes what waits. One at a time.
class writer {
public:
    explicit writer(level lowest);
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;
    ~writer();

private:
    struct sink;
    std::unique_ptr<sink> sink_;
};

/// What a server reports, as lines: its start, each connection's end and why, trouble with accepting, the stop. Of the
/// peers that are turned away, and of the trouble, at most `most_refusals` a second: one who floods us must not fill the
/// disk as well. The next line that is written says how many were left out.
class server_events final : public server::events {
public:
    static constexpr unsigned most_refusals = 10;

    void planned(const server::memory_plan& plan) override;
    void listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>& ports) override;
    void opened(const server::peer& who) override;
    void closed(const server::peer& who, const server::ending& how) override;
    void refused(const io::endpoint& who, const error_code& why) override;
    void accept_failed(const error_code& why, io::duration pause) override;
    void stopping(std::size_t connections) override;
    void stopped(const server::report& done) override;

private:
    // So many lines a second.
    struct ration {
        std::mutex mutex;
        io::time_point second_began{};
        unsigned written = 0;
        std::uint64_t left_out = 0;
    };

    void write_rationed(const std::string& line);
    void write_left_out();

    ration refusals_;
};

}  // namespace hawser::log
