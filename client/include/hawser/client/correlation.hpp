// correlation: which answer belongs to which request, on one connection: by number or by order, and whether it brings back what it has to.
//
//   client::correlation requests(says);
//   const std::uint32_t number = requests.next_number();
//   says.make(number, stuff, body);
//   requests.sent(number, body.view(), now, now);
//   if (const auto done = requests.answered(answer, now)) count(done->what);
//
// Pure: time is an argument. What becomes of a request is the ledger's to know (ledger.hpp).
#pragma once

#include <hawser/client/ledger.hpp>
#include <hawser/client/traffic.hpp>

#include <cstddef>
#include <cstdint>

namespace hawser::client {

class correlation {
public:
    /// `says` must outlive it.
    explicit correlation(const traffic& says) : says_(&says), ledger_(says.last) {}

    /// The number of the request to be made now; after the last one comes 1.
    [[nodiscard]] std::uint32_t next_number() noexcept;
    /// A number was used for what is answered by itself.
    void skip(std::uint32_t number) noexcept { last_answer_ = number; }
    /// The request with the next number was sent. is_full() must be false.
    void sent(std::uint32_t number, bytes body, io::time_point at, io::time_point scheduled);
    /// What an answer does; unknown_command if the body is none, or what else is wrong with it.
    [[nodiscard]] packet::decoded<ledger::settled> answered(bytes body, io::time_point now);
    /// See ledger.
    std::size_t give_up(io::time_point before) { return ledger_.give_up(before); }
    [[nodiscard]] std::size_t in_flight() const noexcept { return ledger_.in_flight(); }
    [[nodiscard]] bool is_full() const noexcept { return ledger_.is_full(); }
    [[nodiscard]] io::time_point oldest() const noexcept { return ledger_.oldest(); }

private:
    [[nodiscard]] std::uint32_t after(std::uint32_t number) const noexcept { return number >= says_->last ? 1 : number + 1; }

    const traffic* says_;   // never null
    ledger ledger_;
    std::uint32_t last_number_ = 0;
    std::uint32_t last_answer_ = 0;   // its number, if they come in order
};

}  // namespace hawser::client
