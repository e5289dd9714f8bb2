// caught_signals: SIGINT and SIGTERM, on the front's thread of a server that runs the process.
#pragma once

#include "crew.hpp"

#include <hawser/io/signal_watch.hpp>

#include <functional>
#include <utility>

namespace hawser::inline v0::server {

class caught_signals {
public:
    /// `tell` may not throw.
    caught_signals(crew& on, std::function<void(io::stop_signals::wish)> tell)
        : crew_(on), watch_(on.front(), std::move(tell)) {}
    caught_signals(const caught_signals&) = delete;
    caught_signals& operator=(const caught_signals&) = delete;
    /// What waits for a signal lies in the watch, and goes first. No thread runs the front any more.
    ~caught_signals() { crew_.shut_down(); }

    void end() noexcept { watch_.end(); }
    /// A second one has said that nobody wants to wait.
    [[nodiscard]] static bool hurry() noexcept {
        return io::stop_signals::asked() == io::stop_signals::wish::end_at_once;
    }

private:
    crew& crew_;
    io::signal_watch watch_;
};

}   // namespace hawser::server
