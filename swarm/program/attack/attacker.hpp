// attacker: one client that misbehaves on purpose. What an attack (attack.cpp) is written with.
//
//   const bool connected = co_await me.connect();
//   if (connected) co_await me.send(me.next_request().first(3));
//   co_await me.wait_until_closed();
//
// Whatever waits has an end: the patience of the scene, counted from connect() or restart_clock(), or until stop. It notes
// by itself whether and when the server closed. To be used on the thread of its executor only.
#pragma once

#include "scene.hpp"

#include <hawser/frame/reader.hpp>
#include <hawser/io/stream.hpp>
#include <hawser/swarm/correlation.hpp>
#include <hawser/swarm/material.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>

namespace hawser::swarm_program {

/// What became of an attacker.
struct outcome {
    std::uint64_t connections = 0;             ///< that were made
    std::uint64_t asked = 0;                   ///< legal requests
    std::uint64_t answered = 0;                ///< of them, well
    std::optional<io::duration> closed_after;   ///< the server ended the last connection, so long after its clock was started
};

class attacker {
public:
    attacker(const scene& at, std::uint32_t number, std::stop_token stop);
    attacker(const attacker&) = delete;
    attacker& operator=(const attacker&) = delete;

    /// A new connection, instead of the one before. False if there is none to be had.
    [[nodiscard]] io::task<bool> connect(io::socket_options options = {});
    /// The frame of the next legal request, of which hardly all will be sent: a view, valid until the next request is made.
    [[nodiscard]] bytes next_request();
    /// Appends the frame of one that is sent, and whose answer is waited for.
    void add_request(byte_buffer& to);

    /// The bytes that the server took until then.
    [[nodiscard]] io::task<std::size_t> send(bytes data, io::time_point until);
    [[nodiscard]] io::task<std::size_t> send(bytes data) { return send(data, over_at_); }
    /// Reads and drops until then. False once the server has closed.
    [[nodiscard]] io::task<bool> drop(io::time_point until);
    /// Reads this much at most if there is something.
    void sip(std::size_t most);
    /// Waits for answers, and counts those that came. False if there was none until then, or the connection has ended.
    [[nodiscard]] io::task<bool> hear(io::time_point until);
    /// Sends a legal request, with a pause before byte `pause_at` unless that is 0, and waits for the answer. False if there
    /// is none.
    [[nodiscard]] io::task<bool> ask(std::size_t pause_at = 0);
    [[nodiscard]] io::task<void> wait_until_closed();
    /// False if it was stopped meanwhile.
    [[nodiscard]] io::task<bool> pause(io::duration how_long);

    /// The patience of the server counts from now.
    void restart_clock() noexcept;
    /// Tells the server that nothing more comes.
    void close_write() noexcept;
    /// Ends the connection; whatever waits for it returns.
    void hang_up() noexcept;

    [[nodiscard]] bool is_connected() const noexcept { return conn_ && !conn_->is_closed(); }
    /// Nothing more is to be begun: the time is over, or somebody wants it to stop.
    [[nodiscard]] bool is_over() const noexcept;
    [[nodiscard]] io::time_point over_at() const noexcept { return over_at_; }
    [[nodiscard]] const scene& at() const noexcept { return scene_; }
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }   ///< from 0
    /// There is a number for one more request.
    [[nodiscard]] bool may_ask() const noexcept { return !requests_.is_full(); }
    [[nodiscard]] std::size_t unanswered() const noexcept { return requests_.in_flight(); }
    [[nodiscard]] const outcome& came_to() const noexcept { return outcome_; }

private:
    [[nodiscard]] std::uint32_t make_request(byte_buffer& to);
    [[nodiscard]] io::task<void> others_turn();
    void ended() noexcept;
    [[nodiscard]] std::size_t take_answers();

    const scene& scene_;
    std::uint32_t number_;
    std::stop_token stop_;
    swarm::random_source random_;
    swarm::material stuff_;
    outcome outcome_;
    byte_buffer body_;
    byte_buffer request_;
    io::time_point begun_at_;
    io::time_point clock_;     // when the server could first know better
    io::time_point over_at_;
    // Of the connection:
    std::optional<io::stream> conn_;
    std::optional<frame::reader<frame::any_codec>> answers_;
    swarm::correlation requests_;
};

}  // namespace hawser::swarm_program
