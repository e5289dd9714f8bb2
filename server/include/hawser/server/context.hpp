// context: what a handler of the router knows besides its packet: the session it came from.
//
//   packet::submit_ack on_submit(server::context& here, const packet::submit& s) {
//       here.state<counters>().submits += 1;
//       return {s.id, packet::outcome::ok};
//   }
//   server::answered on_lookup(server::context& here, const lookup& asked) {
//       const std::string found = find(asked.name);
//       return here.answer(entry{asked.id, found});   // a packet with views: encoded here, while `found` is there
//   }
//
// Valid during the handler. For later, or for another thread, keep here.handle().
#pragma once

#include <hawser/server/connection.hpp>
#include <hawser/server/error.hpp>

#include <new>
#include <utility>
#include <variant>

namespace hawser::inline v0::server {

/// What became of an answer. Only context::answer() makes one, so a handler that returns this
/// says something on every path.
class [[nodiscard]] answered {
public:
    /// The answer is on its way.
    [[nodiscard]] explicit operator bool() const noexcept { return !error_; }
    [[nodiscard]] error_code error() const noexcept { return error_; }

private:
    friend class context;
    explicit answered(error_code error) noexcept : error_(error) {}

    error_code error_;
};

class context : public session_view {
public:
    explicit context(session& of) noexcept : session_view(of) {}   ///< the server's to make

    /// Answers the request that this handler was called for: the packet is encoded in this call, so what its views look
    /// at may end with it. Where the outbox is full, the answer waits for room once the handler has ended. After an
    /// error (`value_too_long`, a body that no frame can carry, a connection that has ended) nothing is sent, and
    /// something else may be answered; the session ends if the handler returns it. `nothing_to_answer`: this request
    /// has its answer, or will get what the handler returns.
    template <packet::packet Packet>
    answered answer(const Packet& made) {
        if (!may_answer_) return answered(make_error_code(errc::nothing_to_answer));
        return answered(note_answer(try_answer(made)));
    }

protected:
    /// What remains to be done for a request: nothing; the body of its answer, for which there is no
    /// room yet; or what went wrong.
    using remainder = std::variant<std::monostate, byte_buffer, error_code>;

    /// The answer, into the outbox. True: it is on its way. False: see what remains; nothing was taken then. Without
    /// memory that is `not_enough_memory`: the handler has not thrown it.
    template <packet::packet Packet>
    [[nodiscard]] bool try_answer(const Packet& made) {
        try {
            if (is_placed(made)) return true;
            byte_buffer waiting;
            const error_code error = enqueue(made, waiting);
            if (!error) return true;
            if (error == hawser::errc::outbox_full) remainder_ = std::move(waiting);
            else remainder_ = error;
        } catch (const std::bad_alloc&) {
            remainder_ = make_error_code(boost::system::errc::not_enough_memory);
        }
        return false;
    }
    void may_answer(bool may) noexcept { may_answer_ = may; }
    [[nodiscard]] remainder& remains() noexcept { return remainder_; }

private:
    [[nodiscard]] error_code note_answer(bool is_on_its_way) noexcept;

    remainder remainder_;
    bool may_answer_ = false;
};

}   // namespace hawser::server
