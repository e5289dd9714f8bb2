// pace: when a request is to be sent. The two ways of putting load on a server.
//
//   closed_pace pace(connections, window);     // the next one when an ack has come: shows capacity
//   // on a schedule that does not wait for the server: shows how long people wait
//   open_pace pace(connections, rate, begin);
//
// Both have: due(connection, acked), the requests that may have been sent by now; begun(connection, number), when a
// request was sent or should have been.
#pragma once

#include <hawser/io/clock.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

using instant = std::chrono::steady_clock::time_point;

class closed_pace {
public:
    closed_pace(std::size_t connections, std::size_t window) : window_(window), begun_(connections * window) {}

    [[nodiscard]] std::uint64_t due(std::size_t, std::uint64_t acked) const noexcept { return acked + window_; }
    void send(std::size_t connection, std::uint64_t from, std::uint64_t until, instant now) noexcept {
        for (; from < until; ++from) slot(connection, from) = now;
    }
    [[nodiscard]] instant begun(std::size_t connection, std::uint64_t number) const noexcept {
        return begun_[connection * window_ + number % window_];
    }

private:
    [[nodiscard]] instant& slot(std::size_t connection, std::uint64_t number) noexcept {
        return begun_[connection * window_ + number % window_];
    }

    std::size_t window_;
    std::vector<instant> begun_;   // of the requests in flight
};

/// Request k of all is due at begin + k / rate, on connection k modulo their number.
class open_pace {
public:
    open_pace(std::size_t connections, double rate, instant begin)
        : connections_(connections), interval_(1e9 / rate), begin_(begin) {}

    [[nodiscard]] std::uint64_t due(std::size_t connection, std::uint64_t) const noexcept {
        return (due_ + connections_ - 1 - connection) / connections_;
    }
    void send(std::size_t, std::uint64_t, std::uint64_t, instant) const noexcept {}
    [[nodiscard]] instant begun(std::size_t connection, std::uint64_t number) const noexcept {
        return at(number * connections_ + connection);
    }

    /// Calls what(connection) for those on which a request has become due.
    template <class What>
    void advance(instant now, What&& what) {
        const std::uint64_t before = due_;
        while (at(due_) <= now) ++due_;
        const std::uint64_t touched = std::min<std::uint64_t>(due_ - before, connections_);
        for (std::uint64_t i = 0; i < touched; ++i) what((before + i) % connections_);
    }
    /// When the next request is due.
    [[nodiscard]] instant next() const noexcept { return at(due_); }

private:
    [[nodiscard]] instant at(std::uint64_t request) const noexcept {
        return begin_ + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(request) * interval_));
    }

    std::uint64_t connections_;
    double interval_;   // nanoseconds
    instant begin_;
    std::uint64_t due_ = 0;
};

}   // namespace bench
