// correlation: which answer belongs to which request, on one connection: by number or by order, and whether it brings back what it has to.
//
//   swarm::correlation requests(says);
//   const std::uint32_t number = requests.next_number();
//   says.make(number, stuff, body);
//   requests.sent(number, body.view(), now, now);
//   if (const auto answer = says.read(body)) count(requests.settle(*answer, body, now).what);
//
// Pure: time is an argument. What becomes of a request is the ledger's to know (ledger.hpp).
#pragma once

#include <hawser/swarm/ledger.hpp>
#include <hawser/swarm/traffic.hpp>

#include <cstddef>
#include <cstdint>

namespace hawser::swarm {

class correlation {
public:
    /// `says` must outlive it.
    explicit correlation(const traffic& says) : says_(&says), ledger_(says.last) {}
    explicit correlation(const traffic&&) = delete;   ///< it would be gone

    /// The number of the request to be made now; after the last one comes 1.
    [[nodiscard]] std::uint32_t next_number() noexcept;
    /// A number was used for what is answered by itself.
    void skip(std::uint32_t number) noexcept { last_answer_ = number; }
    /// The request with the next number was sent. is_full() must be false.
    void sent(std::uint32_t number, bytes body, io::time_point at, io::time_point scheduled);
    /// What an answer does that was read from this body.
    [[nodiscard]] ledger::settled settle(const heard& answer, bytes body, io::time_point now);
    /// See ledger.
    std::size_t give_up(io::time_point before) { return ledger_.give_up(before); }
    [[nodiscard]] std::size_t in_flight() const noexcept { return ledger_.in_flight(); }
    [[nodiscard]] bool is_full() const noexcept { return ledger_.is_full(); }
    [[nodiscard]] io::time_point oldest() const noexcept { return ledger_.oldest(); }

private:
    [[nodiscard]] static std::uint64_t mark_of(bytes what) noexcept;
    [[nodiscard]] ledger::settled settle_next(bool good, io::time_point now, std::uint64_t mark);
    [[nodiscard]] std::uint32_t after(std::uint32_t number) const noexcept { return number >= says_->last ? 1 : number + 1; }

    const traffic* says_;   // never null
    ledger ledger_;
    std::uint32_t last_number_ = 0;
    std::uint32_t last_answer_ = 0;   // its number, if they come in order
};

// For every request, so inline.

inline std::uint32_t correlation::next_number() noexcept {
    last_number_ = after(last_number_);
    return last_number_;
}

inline void correlation::sent(std::uint32_t number, bytes body, io::time_point at, io::time_point scheduled) {
    ledger_.sent(number, at, scheduled, says_->echoes ? mark_of(says_->echoes->sent(body)) : 0);
}

inline ledger::settled correlation::settle(const heard& answer, bytes body, io::time_point now) {
    const std::uint64_t mark = says_->echoes ? mark_of(says_->echoes->came_back(body)) : 0;
    return says_->in_order ? settle_next(answer.good, now, mark) : ledger_.settle(answer.number, answer.good, now, mark);
}

}  // namespace hawser::swarm
