// swarm_client: one client of a swarm. It connects, sends the requests that are due, checks the answers, and closes.
//
// A request is sent in a plain call: in the turn in which answers have made room for it, or when it is due. A coroutine
// waits only when the outbox is full. When requests are due is the request_schedule's matter, and counting answers the
// answer_batch's; what is left has more members than a class should, as sending and receiving on one connection change
// the same of them.
#pragma once

#include "answer_batch.hpp"
#include "request_schedule.hpp"
#include "swarm_state.hpp"

#include <hawser/client/back_off.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/watchdog.hpp>
#include <hawser/swarm/correlation.hpp>
#include <hawser/swarm/random_values.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

namespace hawser::inline v0::swarm {

class swarm_client {
public:
    /// The state must outlive it.
    swarm_client(swarm_state& state, std::uint32_t number, const io::executor& executor);

    [[nodiscard]] io::task<void> run();
    /// Sends nothing more. run() returns when what is in flight is answered or missing.
    void stop();
    /// See request_schedule.
    [[nodiscard]] std::uint64_t unsent(io::time_point due_before) const { return schedule_.unsent(due_before); }
    /// What keeps it from sending more now, or kept it in the end.
    [[nodiscard]] std::uint64_t unsent_requests::* held_by() const noexcept { return held_by_; }

private:
    static constexpr io::time_point never = swarm_state::never;
    [[nodiscard]] const hawser::swarm::plan& plan() const noexcept { return state_.plan; }
    [[nodiscard]] bool may_send() const noexcept { return !done_ && !leaving_; }

    // The connection.
    [[nodiscard]] io::task<void> wait_until(io::time_point at);
    [[nodiscard]] io::task<bool> connect();
    void begin_connection();
    void greet();
    [[nodiscard]] io::task<bool> run_connection();
    [[nodiscard]] io::task<void> farewell_reads();
    bool lost(const error_code& why);
    bool failed(std::string why);

    // Sending.
    void wake() noexcept;
    void send_due(io::time_point now);
    [[nodiscard]] bool has_room();
    void send_one(io::time_point now);
    [[nodiscard]] error_code push();
    void cannot_send(const error_code& why);
    [[nodiscard]] io::task<void> send_when_there_is_room();
    [[nodiscard]] io::task<void> ping();

    // Receiving.
    [[nodiscard]] io::task<bool> log_in();
    [[nodiscard]] bool is_ignored(bytes body);
    [[nodiscard]] io::task<bool> receive_all();
    void watch_answers() noexcept;
    void handle(bytes body);
    void handle_other(bytes body, const packet::malformed& why);
    void give_up(io::time_point sent_before);

    // More than twelve: what outlives a connection, and what does not.
    swarm_state& state_;
    std::uint32_t number_;
    random_source random_;
    random_values values_;
    request_schedule schedule_;
    io::group running_;
    io::event changed_;         // a wait, the connection or sending has ended
    io::deadline wake_;         // for the next request that is due, or the end of sending
    client::back_off pauses_;   // between attempts to connect
    std::string trouble_;
    std::exception_ptr thrown_;
    bool done_;   // nothing more is to be sent
    // The default, as then nothing else holds it.
    std::uint64_t unsent_requests::* held_by_ = &unsent_requests::by_generator;

    // The present connection.
    std::optional<io::frame_stream> frames_;
    correlation requests_;
    answer_batch batch_;
    byte_buffer body_;
    io::time_point leaves_at_ = never;
    io::time_point read_at_{};   // when the bytes that are being handled were read
    bool leaving_ = false;       // the connection has lived its time
    bool is_full_ = false;       // the outbox is full, and body_ waits for room
};

}   // namespace hawser::swarm
