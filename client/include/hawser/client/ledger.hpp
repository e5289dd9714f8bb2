// ledger: what one client of a swarm has sent and what has become of it. Pure: time is an argument.
//
//   ledger.sent(id, now, now);
//   switch (ledger.settle(ack.id, ack.result, now).what) { case verdict::acked: ... }
//   ledger.give_up(now - timeout);                       // what was sent before that is missing
//
// Every submit ends as acked, wrong or missing, once. What is no submit's first answer is duplicate, late or unknown.
// Bounded: it remembers what is in flight, and the last `remembered_missing` of those given up.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/packet/packets.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace hawser::client {

class ledger {
public:
    static constexpr std::size_t remembered_missing = 65'536;

    enum class verdict : unsigned char {
        acked,       ///< the first answer to a submit in flight, with result 0
        wrong,       ///< the first answer, with another result
        duplicate,   ///< a submit that was answered before
        late,        ///< a submit that was given up before
        unknown,     ///< nothing that was sent on this connection
    };
    struct settled {
        verdict what;
        io::duration took{};             ///< since it was sent; of a first answer
        io::duration from_schedule{};    ///< since it should have been sent
    };

    /// A submit with the next serial id; ids must come in order.
    void sent(const packet::id& id, io::time_point at, io::time_point scheduled);
    [[nodiscard]] settled settle(const packet::id& id, packet::outcome result, io::time_point now);
    /// Everything in flight that was sent at `before` or earlier is missing; says how many.
    std::size_t give_up(io::time_point before);

    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    /// When the oldest in flight was sent; time_point::max() if none is.
    [[nodiscard]] io::time_point oldest() const noexcept;

private:
    enum class fate : unsigned char { flying, answered, missing };
    struct entry {
        io::time_point at;
        io::time_point scheduled;
        fate state;
    };

    void forget_settled();

    // The submits from first_ on, in order of their ids; the front one is always in flight, or there is none.
    std::deque<entry> entries_;
    std::uint32_t first_ = 1;
    std::uint64_t forgotten_ = 0;            // how many came before first_
    std::deque<std::uint32_t> missing_;      // of those, in order
    std::size_t in_flight_ = 0;
};

}  // namespace hawser::client
