// attacker: one client that misbehaves on purpose. What an attack (attack.cpp) is written with.
//
//   const bool connected = co_await self.connect();
//   if (connected) co_await self.send(self.next_request().first(3));
//   co_await self.wait_until_closed();
//
// Every wait ends: after the patience of the setup, counted from connect() or restart_clock(), or when it is stopped.
// The attacker notes by itself whether and when the server closed. To be used on the thread of its executor only.
#pragma once

#include "attack_setup.hpp"

#include <hawser/frame/reader.hpp>
#include <hawser/io/stream.hpp>
#include <hawser/swarm/correlation.hpp>
#include <hawser/swarm/random_values.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>

namespace hawser::swarm_program {

/// What one attacker did, and what the server did about it.
struct attacker_counts {
    std::uint64_t connections = 0;              ///< that were made
    std::uint64_t requests = 0;                 ///< legal ones, sent whole
    std::uint64_t answered = 0;                 ///< how many of those had a good answer
    std::optional<io::duration> closed_after;   ///< how long the server took to end the last
                                                ///< connection; none: it did not
};

/// Makes the frames of legal requests.
class request_maker {
public:
    request_maker(const attack_setup& setup, std::uint32_t seed_stream)
        : setup_(setup),
          random_(swarm::seeded(setup.plan.seed, seed_stream)),
          values_(random_, setup.payloads ? &*setup.payloads : nullptr) {}
    request_maker(const request_maker&) = delete;
    request_maker& operator=(const request_maker&) = delete;

    /// Throws std::runtime_error if there is no such request.
    void append_frame(std::uint32_t number, byte_buffer& to);
    /// The body in the frame that was made last.
    [[nodiscard]] bytes body() const noexcept { return body_.view(); }

private:
    const attack_setup& setup_;
    swarm::random_source random_;
    swarm::random_values values_;
    byte_buffer body_;
};

class attacker {
public:
    attacker(const attack_setup& setup, std::uint32_t number, std::stop_token stop);
    attacker(const attacker&) = delete;
    attacker& operator=(const attacker&) = delete;

    /// Makes a new connection, and closes the one before. False if it cannot be made.
    [[nodiscard]] io::task<bool> connect(io::socket_options options = {});
    /// The frame of the next legal request, for attacks that send only a part of it. A view, valid until the next
    /// request is made.
    [[nodiscard]] bytes next_request();
    /// Appends the frame of a legal request that will be sent whole; its answer is counted.
    void add_request(byte_buffer& to);

    /// How many bytes the server took until then.
    [[nodiscard]] io::task<std::size_t> send(bytes data, io::time_point until);
    [[nodiscard]] io::task<std::size_t> send(bytes data) { return send(data, over_at_); }
    /// Reads until then, and discards it. False once the server has closed.
    [[nodiscard]] io::task<bool> discard(io::time_point until);
    /// Reads and discards what has arrived, at most this much. Does not wait.
    void read_at_most(std::size_t most);
    /// Waits until then for answers, and counts those that came. False if none did, or the connection has ended.
    [[nodiscard]] io::task<bool> receive_answers(io::time_point until);
    /// Sends a legal request and waits for its answer. With `pause_at` it pauses before that byte. False if there is no
    /// answer.
    [[nodiscard]] io::task<bool> request(std::size_t pause_at = 0);
    [[nodiscard]] io::task<void> wait_until_closed();
    /// False if it was stopped meanwhile.
    [[nodiscard]] io::task<bool> pause(io::duration how_long);

    /// The time that the server has to close counts from now.
    void restart_clock() noexcept;
    /// Tells the server that nothing more comes.
    void close_write() noexcept;
    /// Ends the connection; every wait for it returns.
    void close() noexcept;

    [[nodiscard]] bool is_connected() const noexcept { return stream_ && !stream_->is_closed(); }
    /// The time is over, or stop was requested: nothing more is to be begun.
    [[nodiscard]] bool is_over() const noexcept;
    [[nodiscard]] io::time_point over_at() const noexcept { return over_at_; }
    [[nodiscard]] const attack_setup& setup() const noexcept { return setup_; }
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }   ///< from 0
    /// One more request has a number that no request in flight has.
    [[nodiscard]] bool may_request() const noexcept { return !requests_.is_full(); }
    [[nodiscard]] std::size_t unanswered() const noexcept { return requests_.in_flight(); }
    [[nodiscard]] const attacker_counts& counts() const noexcept { return counts_; }

private:
    [[nodiscard]] io::task<void> others_turn();
    void closed_by_server() noexcept;
    [[nodiscard]] std::size_t take_answers();

    const attack_setup& setup_;
    std::uint32_t number_;
    std::stop_token stop_;
    request_maker maker_;
    attacker_counts counts_;
    byte_buffer request_;
    io::time_point begun_at_;
    io::time_point patience_from_;   // when the server could first know better
    io::time_point over_at_;
    // Of the connection:
    std::optional<io::stream> stream_;
    std::optional<frame::reader<frame::any_codec>> answers_;
    swarm::correlation requests_;
};

}   // namespace hawser::swarm_program
