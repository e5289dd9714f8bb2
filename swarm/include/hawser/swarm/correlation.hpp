// correlation: matches answers to requests on one connection, by number or by order, and checks what an answer has to
// echo.
//
//   swarm::correlation requests(traffic);
//   const std::uint32_t number = requests.next_number();
//   traffic.make(number, values, body);
//   requests.sent(number, body.view(), now, now);
//   if (const auto answer = traffic.read(body)) count(requests.settle(*answer, body, now).verdict);
//
// Pure: time is an argument. The ledger (ledger.hpp) keeps what became of each request.
#pragma once

#include <hawser/swarm/ledger.hpp>
#include <hawser/swarm/traffic.hpp>

#include <cstddef>
#include <cstdint>

namespace hawser::inline v0::swarm {

class correlation {
public:
    /// The traffic must outlive it.
    explicit correlation(const hawser::swarm::traffic& traffic) : traffic_(&traffic), ledger_(traffic.last) {}
    explicit correlation(const traffic&&) = delete;   ///< it would be gone

    /// The number of the next request; after the last number comes 1.
    [[nodiscard]] std::uint32_t next_number() noexcept;
    /// This number was used for a packet whose answer is not counted.
    void skip(std::uint32_t number) noexcept { last_answer_ = number; }
    /// The request with the next number was sent. is_full() must be false.
    void sent(std::uint32_t number, bytes body, io::time_point at, io::time_point scheduled);
    /// Settles the answer that was read from this body.
    [[nodiscard]] ledger::settled settle(const received_answer& answer, bytes body, io::time_point now);
    /// See ledger.
    std::size_t give_up(io::time_point before) { return ledger_.give_up(before); }
    [[nodiscard]] std::size_t in_flight() const noexcept { return ledger_.in_flight(); }
    [[nodiscard]] bool is_full() const noexcept { return ledger_.is_full(); }
    [[nodiscard]] io::time_point oldest() const noexcept { return ledger_.oldest(); }

private:
    [[nodiscard]] static std::uint64_t mark_of(bytes content) noexcept;
    [[nodiscard]] ledger::settled settle_next(bool good, io::time_point now, std::uint64_t mark);
    [[nodiscard]] std::uint32_t after(std::uint32_t number) const noexcept {
        return number >= traffic_->last ? 1 : number + 1;
    }

    const traffic* traffic_;   // never null
    ledger ledger_;
    std::uint32_t last_number_ = 0;
    std::uint32_t last_answer_ = 0;   // the number of the last request that was answered, if answers come in order
};

// For every request, so inline.

inline std::uint32_t correlation::next_number() noexcept {
    last_number_ = after(last_number_);
    return last_number_;
}

inline void correlation::sent(std::uint32_t number, bytes body, io::time_point at, io::time_point scheduled) {
    ledger_.sent(number, at, scheduled, traffic_->echoes ? mark_of(traffic_->echoes->sent(body)) : 0);
}

inline ledger::settled correlation::settle(const received_answer& answer, bytes body, io::time_point now) {
    const std::uint64_t mark = traffic_->echoes ? mark_of(traffic_->echoes->came_back(body)) : 0;
    return traffic_->in_order ? settle_next(answer.good, now, mark)
                              : ledger_.settle(answer.number, answer.good, now, mark);
}

}   // namespace hawser::swarm
