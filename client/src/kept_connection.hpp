// kept_connection: one of the connections that a reconnecting client keeps: dialled, greeted, used, seen off, and after
// a pause dialled again, until all are stopped.
//
//   kept_connection::start(kept);
//   if (kept->takes_requests()) co_await link::exchange(kept->current(), ...);
//   shared.stopping.request_stop(); kept->stop();
//   while (kept->runs()) co_await shared.changed.wait();
//
// A connection that breaks, or is told to go, is no longer current(), and is seen off: what is in flight on it goes on
// while the next one is dialled.
// Invariant: current() has been greeted, and at most one connection is dialled at a time.
#pragma once

#include "link.hpp"
#include "request_queue.hpp"

#include <hawser/client/reconnecting_client.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace hawser::inline v0::client {

class kept_connection {
public:
    /// What the connections of one client have in common. Outlives them.
    struct shared_state {
        shared_state(const io::executor& executor, dialler dialled_by, reconnecting_options options);
        /// Between 0 and 1.
        [[nodiscard]] double chance();
        [[nodiscard]] bool is_stopping() const noexcept { return stopping.stop_requested(); }

        io::executor here;
        dialler dial;
        reconnecting_options settings;
        std::shared_ptr<inbox> pushes;
        std::shared_ptr<numbers> ids;
        request_queue queue;   // its first is woken when there is a connection
        reconnecting_counters counters;
        std::stop_source stopping;
        io::event changed;   // there is a connection, or one runs no more
    };

    /// `number` is what the settings' `watch` is told.
    kept_connection(shared_state& shared, std::size_t number);
    kept_connection(const kept_connection&) = delete;
    kept_connection& operator=(const kept_connection&) = delete;

    /// Begins to dial. Once; `self` keeps the shared state too.
    static void start(const std::shared_ptr<kept_connection>& self);
    /// Ends its links in peace, those that are seen off too. The shared state is stopping already.
    void stop();
    /// Ends its links now.
    void fail(error_code why) noexcept;
    [[nodiscard]] bool runs() const noexcept { return running_ > 0; }

    [[nodiscard]] bool takes_requests() const noexcept {
        return current_ && current_->works() && !current_->told_to_go();
    }
    /// While it is connected; null else.
    [[nodiscard]] const std::shared_ptr<link>& current() const noexcept { return current_; }
    [[nodiscard]] connection_state state() const;

private:
    using phase = connection_state::phase;

    [[nodiscard]] static io::task<void> keep(std::shared_ptr<kept_connection> self);
    [[nodiscard]] io::task<error_code> connect(std::shared_ptr<link>& made);
    [[nodiscard]] io::task<error_code> greet(std::shared_ptr<link> fresh);
    [[nodiscard]] io::task<io::duration> attend();
    [[nodiscard]] static io::task<void> see_off(std::shared_ptr<kept_connection> self, std::shared_ptr<link> old);
    [[nodiscard]] io::duration pause_after_go_away(io::duration within);
    void enter(phase state);
    void ended();

    shared_state& shared_;
    std::size_t number_;
    back_off pauses_;
    std::shared_ptr<link> current_;
    std::vector<std::shared_ptr<link>> links_;   // all that are not finished
    connection_state last_;
    std::size_t running_ = 0;   // coroutines
};

}   // namespace hawser::client
