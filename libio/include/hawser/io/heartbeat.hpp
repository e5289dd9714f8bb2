// heartbeat: whether a peer that says nothing is still there, and how long an answer takes. Both
// sides of a connection use it.
//
//   heartbeat pulse(30s, 2, now);
//   pulse.heard(now);                                   // whenever bytes have come
//   switch (pulse.due(now)) {                           // at pulse.next()
//       case heartbeat::action::ping: send a ping whose id is pulse.number(); break;
//       case heartbeat::action::lost: close; break;     // pings went unanswered: it is gone
//       case heartbeat::action::nothing: break;
//   }
//   pulse.answered(number_in_the_pong, now);            // beside heard()
//
// Pure: time is an argument. Invariant: a peer is lost only after `misses` pings on end, each of which had a whole
// interval to be answered, counted from when it was really due: whoever asks late (a busy thread) loses nobody for it.
#pragma once

#include <hawser/io/clock.hpp>

#include <cstdint>
#include <optional>

namespace hawser::inline v0::io {

class heartbeat {
public:
    /// What is to be done now.
    enum class action : unsigned char { nothing, ping, lost };

    /// A ping after `interval` of silence, and after each further one; lost after `misses` (at least 1) that nothing
    /// came for. An interval of 0 is none at all.
    heartbeat(duration interval, std::uint8_t misses, time_point now) noexcept;

    /// The peer lives: any byte of it says so.
    void heard(time_point now) noexcept;
    /// What is to be done. `ping` is said once for each: it counts as sent. Before you believe `lost`, see whether
    /// something has arrived that nobody has read yet.
    [[nodiscard]] action due(time_point now) noexcept;
    /// When to ask due() again; time_point::max() if never.
    [[nodiscard]] time_point next() const noexcept { return due_at_; }

    /// Of the last ping, from 1 to 99,999,999 and round again (as packet::serial counts); 0 before the first.
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    /// The answer to the ping with this number has come. The round trip, if it is the first answer to the last ping:
    /// which of several an earlier number means nobody knows.
    std::optional<duration> answered(std::uint32_t number, time_point now) noexcept;

    /// The last round trip, and their moving average (each new one counts an eighth, as in TCP); 0 before the first.
    [[nodiscard]] duration round_trip() const noexcept { return round_trip_; }
    [[nodiscard]] duration smoothed_round_trip() const noexcept { return smoothed_; }

private:
    duration interval_;
    time_point due_at_;
    time_point pinged_at_{};
    duration round_trip_{};
    duration smoothed_{};
    std::uint32_t number_ = 0;
    std::uint8_t misses_;        // that are too many
    std::uint8_t unheard_ = 0;   // pings since the last sign of life
    bool timing_ = false;        // the last ping is not answered yet
};

static_assert(sizeof(heartbeat) <= 64);   // one for each connection

}   // namespace hawser::io
