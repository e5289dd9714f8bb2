// shutdown: the end of a server, from the first who asks for it to the report; on the front's thread.
//
//   shutdown ending({service, crew, entrance, life, signals});
//   ending.obey_soon(self);              // any thread, when life.take_asked() has something
//   ending.begin(self, 10s);             // again: the earlier end counts
//   ending.connection_ended();           // one that was open
//   const report& done = ending.outcome();   // when the life has ended
//
// Invariant: it comes to its end without memory too. It has its coroutine from its making on, and keeps its owner while
// that runs; what takes memory in there is tried again when others have had their turn.
#pragma once

#include "caught_signals.hpp"
#include "entrance.hpp"
#include "lifecycle.hpp"

#include <hawser/io/alarm.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/task_chain.hpp>
#include <hawser/server/server.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hawser::inline v0::server {

class shutdown : private io::task_chain<void> {
public:
    /// What it brings to its end.
    struct parts {
        hawser::server::service& service;
        hawser::server::crew& crew;
        hawser::server::entrance& entrance;
        datagram_ports& datagrams;
        lifecycle& life;
        caught_signals* signals;   // none, if somebody else has them
    };

    explicit shutdown(const parts& all);

    /// Takes no memory; once until what was asked for is taken. `self` keeps this, here and below.
    void obey_soon(std::shared_ptr<shutdown> self) noexcept;
    void begin(std::shared_ptr<void> self, io::duration grace) noexcept;
    void connection_ended() noexcept { changed_.notify(); }
    void datagrams_ended() noexcept { changed_.notify(); }

    // For whoever joins the threads, after the end.

    /// What still runs is waited for no longer.
    [[nodiscard]] bool is_time_up() const;
    [[nodiscard]] const report& outcome() const noexcept { return outcome_; }
    void note_stuck(std::vector<std::string> names) noexcept { outcome_.stuck = std::move(names); }

private:
    // Draining: nobody is let in, and those who are there end by themselves, until the grace is over.
    enum class stage : unsigned char { none, draining, cutting, over };

    [[nodiscard]] bool something_lives() const noexcept {
        return parts_.crew.live() > 0 || parts_.datagrams.open() > 0;
    }
    void close_the_entrance(bool in_peace) noexcept;
    [[nodiscard]] io::task<void> see_to_the_end();
    [[nodiscard]] io::task<void> see_all_off();
    void completed() override;
    void abandon() noexcept override;
    [[nodiscard]] bool is_hurried() const noexcept { return parts_.signals != nullptr && caught_signals::hurry(); }
    [[nodiscard]] io::duration to_unwind() const noexcept;
    void finish() noexcept;
    [[nodiscard]] report made_report() const noexcept;

    parts parts_;
    std::shared_ptr<void> owner_;   // from the first who asks until the end; and there is work till then:
    std::optional<io::asio::executor_work_guard<io::executor>> stays_;
    io::operation_memory obeying_;
    stage stage_ = stage::none;
    std::size_t open_at_stop_ = 0;
    io::time_point last_moment_{};   // for what was cut to unwind
    io::event changed_;              // a connection has ended, or the grace is over
    io::alarm grace_over_;
    report outcome_;
};

}   // namespace hawser::server
