// swarm_client: one client of a swarm. It connects, sends what is due, checks what comes, and parts.
//
// What is due is sent in a plain call: in the turn in which answers have made room for it, or when its time has come. Only when the
// outbox is full does a coroutine wait for it.
#pragma once

#include "swarm_state.hpp"

#include <hawser/client/back_off.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/watchdog.hpp>
#include <hawser/swarm/correlation.hpp>
#include <hawser/swarm/material.hpp>
#include <hawser/swarm/pace.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

namespace hawser::swarm {

class swarm_client {
public:
    /// `of` must outlive it.
    swarm_client(swarm_state& of, std::uint32_t number, const io::executor& where);

    [[nodiscard]] io::task<void> run();
    /// Sends nothing more; run() returns when what is in flight is answered or missing.
    void stop();
    /// Of what the plan has for it before then, how much was not sent: requests of a rate that are due before, or all of a count whose
    /// end is never.
    [[nodiscard]] std::uint64_t unsent(io::time_point due_before) const;
    /// What keeps it from sending more, or did in the end.
    [[nodiscard]] std::uint64_t unsent_requests::* held_by() const noexcept { return held_by_; }

private:
    static constexpr io::time_point never = swarm_state::never;
    [[nodiscard]] const plan& settings() const noexcept { return all_.settings; }
    [[nodiscard]] bool may_send() const noexcept { return !done_ && !leaving_; }

    // The connection.
    [[nodiscard]] io::task<void> wait_until(io::time_point at);
    [[nodiscard]] io::task<bool> connect();
    void begin_connection();
    void greet();
    [[nodiscard]] io::task<bool> talk();
    [[nodiscard]] io::task<void> farewell_reads();
    bool lost(const error_code& why);
    bool fails(std::string why);

    // Sending.
    void wake() noexcept;
    void send_due(io::time_point now);
    [[nodiscard]] bool has_next();
    [[nodiscard]] bool has_room();
    void send_one(io::time_point now);
    [[nodiscard]] error_code push();
    void cannot_send(const error_code& why);
    [[nodiscard]] io::task<void> send_when_there_is_room();
    [[nodiscard]] io::task<void> ping();

    // Receiving.
    [[nodiscard]] io::task<bool> log_in();
    [[nodiscard]] bool passes_over(bytes body);
    [[nodiscard]] io::task<bool> receive_all();
    void watch_answers() noexcept;
    void take(bytes body);
    void take_other(bytes body, const packet::malformed& why);
    void count_alike();
    void give_up(io::time_point sent_before);

    swarm_state& all_;
    std::uint32_t number_;
    random_source random_;
    material stuff_;
    std::optional<pace> pace_;
    io::group running_;
    io::event changed_;                 // the end of a wait, of a connection, of sending
    io::deadline wake_;                 // what is due, and the end of it
    client::back_off pauses_;           // between attempts to connect
    std::string trouble_;
    std::exception_ptr thrown_;
    bool done_;                         // nothing more is to be sent
    std::uint64_t count_ = 0;           // requests that were sent
    std::optional<io::time_point> due_; // the request after those
    io::time_point connects_at_;
    std::uint64_t unsent_requests::* held_by_ = &unsent_requests::by_generator;   // that nothing does: what is due is sent at once

    // Of this connection.
    std::optional<io::frame_stream> frames_;
    correlation requests_;
    byte_buffer body_;
    io::time_point leaves_at_ = never;
    io::time_point last_sent_at_{};
    io::time_point read_at_{};          // when the bytes that are being handled came
    ledger::settled alike_{};           // what the answers since the last booking all came to,
    std::uint64_t times_ = 0;           // and how many they are
    bool leaving_ = false;              // its life is over
    bool is_full_ = false;              // the outbox: body_ waits for it
};

}  // namespace hawser::swarm
