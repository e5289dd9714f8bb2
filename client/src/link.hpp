// link: one connection of a client: requests that wait for answers, pings, and how it ends. What client and
// reconnecting_client are made of. Shared by its owner and by the coroutine that reads.
//
//   const auto over = std::make_shared<link>(std::move(carrier), settings);
//   link::start(over);
//   result<byte_buffer> answer = co_await link::exchange(over, form, identity, body, until);
//
// Invariant: whoever waits in exchange() is in `requests`, or has its answer, or the link has ended.
#pragma once

#include "inbox.hpp"
#include "overdue_answers.hpp"

#include <hawser/client/client.hpp>
#include <hawser/client/pending.hpp>
#include <hawser/io/event.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/heartbeat.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace hawser::inline v0::client {

/// How many requests were numbered; the numbers go round after `last`, which is not the same for all ids. Shared by the
/// connections of one client.
struct numbers {
    std::uint64_t given = 0;
    [[nodiscard]] std::uint32_t next(std::uint32_t last) noexcept {
        return static_cast<std::uint32_t>(given++ % last) + 1;
    }
};

class link {
public:
    /// The connection of a client that has one: what answers nothing is kept until it ends, a go_away included.
    link(io::transport carrier, const options& settings);
    /// One of several: what they share is given, and goes on after them.
    link(io::transport carrier, const options& settings, std::shared_ptr<inbox> pushes, std::shared_ptr<numbers> ids);

    /// Begins to read, until the connection ends. Once.
    static void start(const std::shared_ptr<link>& self);

    /// Sends `body`, which stays valid until this returns, and waits for its answer.
    [[nodiscard]] static io::task<result<byte_buffer>> exchange(std::shared_ptr<link> self, packet::form form,
                                                                packet::identity answer, bytes body,
                                                                io::time_point until);
    [[nodiscard]] static io::task<result<void>> send(std::shared_ptr<link> self, byte_buffer body,
                                                     io::time_point until);

    [[nodiscard]] static io::task<result<void>> close_write(std::shared_ptr<link> self);
    /// stop(), and returns when nothing of it runs any more.
    [[nodiscard]] static io::task<void> close(std::shared_ptr<link> self);

    /// What was kept, also after the end.
    [[nodiscard]] static io::task<result<byte_buffer>> next(std::shared_ptr<link> self);

    /// Ends in peace; what was sent still arrives.
    void stop() { frames_.stop_reading(); }
    void fail(error_code why) noexcept { frames_.fail(why); }
    void connected_late() noexcept { fail(hawser::errc::connect_timeout); }   ///< its greeting took too long
    /// The reader has ended, for this reason; nothing more can be asked.
    [[nodiscard]] const std::optional<error_code>& ended() const noexcept { return ended_; }
    /// Nothing of it runs any more.
    [[nodiscard]] bool finished() const noexcept { return finished_; }
    /// The server wants it to end, and a new connection within this time.
    [[nodiscard]] const std::optional<io::duration>& told_to_go() const noexcept { return told_to_go_; }
    /// No failure yet: what is asked now can be answered.
    [[nodiscard]] bool works() const noexcept { return !ended_ && !frames_.failure(); }
    /// Requests that have been sent here and still wait, in exchange().
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    /// One of those above has changed; of in_flight() only that it is 0.
    [[nodiscard]] io::event& changed() noexcept { return changed_; }

    [[nodiscard]] const options& settings() const noexcept { return settings_; }
    [[nodiscard]] const std::shared_ptr<inbox>& pushes() const noexcept { return pushes_; }
    [[nodiscard]] std::uint32_t next_number(std::uint32_t last) noexcept { return ids_->next(last); }
    [[nodiscard]] id_use use_of(const packet::identity& answer) const noexcept {
        if (requests_.has(answer)) return id_use::request;
        return overdue_.has(answer) ? id_use::late : id_use::none;
    }
    [[nodiscard]] std::uint64_t late_answers() const noexcept { return late_answers_; }
    [[nodiscard]] round_trips round_trip() const noexcept;

private:
    struct waiter;

    [[nodiscard]] static io::task<void> read(std::shared_ptr<link> self);
    [[nodiscard]] error_code deliver(bytes body);
    [[nodiscard]] bool is_answer(std::uint64_t command) const noexcept;
    [[nodiscard]] std::optional<error_code> take_control(bytes body);
    void go_away(std::chrono::milliseconds within, bytes body);
    void expect(const packet::form& answer);
    void beat() noexcept;
    [[nodiscard]] bool takes_what_waits() noexcept;
    void ping();
    void push(bytes body);

    // More than twelve: it is where requests, pushes and beats of one connection meet, and each of
    // these is a class already.
    options settings_;
    io::frame_stream frames_;
    std::vector<packet::form> forms_;   // of the protocol's packets, and of answers that are none of them
    std::shared_ptr<inbox> pushes_;
    std::shared_ptr<numbers> ids_;
    io::event changed_;
    io::heartbeat pulse_;
    io::deadline beat_;
    std::uint32_t pinged_ = 0;    // the number of the last ping
    std::uint64_t arrived_ = 0;   // bytes at the server's side, at the last beat
    pending<waiter> requests_;
    overdue_answers overdue_;
    std::size_t in_flight_ = 0;
    std::optional<error_code> ended_;
    std::optional<io::duration> told_to_go_;
    std::uint64_t late_answers_ = 0;
    bool finished_ = false;
    bool is_only_one_ = false;
};

}   // namespace hawser::client
