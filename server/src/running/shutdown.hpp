// shutdown: the end of a server, from the first who asks for it to the report; on the front's thread.
//
//   shutdown ending({service, crew, entrance, life, signals});
//   ending.obey_soon(self);              // any thread, when life.take_asked() has something
//   ending.begin(self, 10s);             // again: the earlier end counts
//   ending.one_left();                   // a connection has ended
//   const report& done = ending.outcome();   // when the life has ended
//
// Invariant: it comes to its end without memory too. What needs some is tried again when others have had their turn, and to be told
// twice is nothing.
#pragma once

#include "caught_signals.hpp"
#include "entrance.hpp"
#include "lifecycle.hpp"

#include <hawser/io/deadline.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/server/server.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace hawser::server {

class shutdown {
public:
    /// What it brings to its end.
    struct parts {
        service& all;
        crew& on;
        entrance& way_in;
        lifecycle& life;
        caught_signals* signals;   // none, if somebody else has them
    };

    explicit shutdown(const parts& of);

    /// Takes no memory; once until what was asked for is taken. `self` keeps this, here and below.
    void obey_soon(std::shared_ptr<shutdown> self) noexcept;
    void begin(std::shared_ptr<void> self, io::duration grace) noexcept;
    void one_left() noexcept { one_left_.notify(); }

    // For whoever joins the threads, after the end.

    /// What still runs is waited for no longer.
    [[nodiscard]] bool is_time_up() const;
    [[nodiscard]] const report& outcome() const noexcept { return outcome_; }
    void note_stuck(std::vector<std::string> names) { outcome_.stuck = std::move(names); }

private:
    // Closing: nobody is let in, and whoever there was memory for is told. Draining: they end by themselves, until the grace is over.
    enum class stage : unsigned char { none, closing, draining, cutting, over };

    void close_the_entrance(bool in_peace) noexcept;
    void tell_all() noexcept;
    [[nodiscard]] static io::task<void> see_to_the_end(std::shared_ptr<shutdown> self);
    [[nodiscard]] io::task<void> see_all_off();
    [[nodiscard]] bool is_hurried() const noexcept { return of_.signals != nullptr && caught_signals::hurry(); }
    [[nodiscard]] io::duration to_unwind() const noexcept;
    void finish() noexcept;
    [[nodiscard]] report made_report() const noexcept;

    parts of_;
    std::weak_ptr<void> self_;
    io::operation_memory obeying_;
    stage stage_ = stage::none;
    std::size_t open_at_stop_ = 0;
    io::time_point drained_by_{};    // the earliest end of grace that was asked for
    io::time_point last_moment_{};   // for what was cut to unwind
    io::event one_left_;             // or the grace is over
    io::deadline grace_over_;
    io::deadline tell_again_;
    report outcome_;
};

}  // namespace hawser::server
