// acceptor: lets connections in, or turns them away: one loop a listener, all of them on the front's thread.
//
//   acceptor door(crew, limits, events, open);
//   door.start(listener, owner);           // once for each
//   door.ended(peer);                      // whenever one of its connections has ended
//   door.accept_the_rest(listener);        // at the stop: who waits has asked for something already
//   co_await door.join();                  // after the listeners were closed
//
// Invariants: whatever accept() fails with, a loop neither spins nor stops: it pauses, longer each time, and any
// connection that ends wakes it. A connection is kept only while there is a spare descriptor: without one nobody could
// be turned away any more, and peers would hang in the kernel's queue.
#pragma once

#include "../accept_pause.hpp"
#include "../event_chain.hpp"
#include "crew.hpp"

#include <hawser/io/descriptors.hpp>
#include <hawser/io/group.hpp>
#include <hawser/io/listener.hpp>
#include <hawser/server/admission.hpp>

#include <functional>
#include <memory>

namespace hawser::inline v0::server {

class acceptor {
public:
    /// Takes over a connection that was let in; it lives on its worker's executor.
    using open_function = std::function<void(worker& home, io::accepted made)>;

    /// On the front of the crew; that and the events outlive this. Throws std::invalid_argument for
    /// limits that make no sense.
    acceptor(const crew& of, const admission_limits& limits, const event_chain& events, open_function open);

    /// Accepts from `source` until it is closed. `owner` keeps this and the listener alive meanwhile.
    void start(io::listener& source, std::shared_ptr<const void> owner);
    /// Closes its queue and accepts who waits in it, without waiting. The listener is to be closed then.
    void accept_the_rest(io::listener& source) noexcept;
    /// A connection that was let in has ended: there is room for one.
    void ended(const io::endpoint& peer);
    /// Returns when every loop has ended. The listeners are closed already.
    [[nodiscard]] io::task<void> join();

    [[nodiscard]] std::uint64_t accepted() const noexcept { return accepted_; }
    [[nodiscard]] const refusals& refused() const noexcept { return refused_; }

private:
    /// Connections accepted before others of the thread have their turn: a millisecond.
    static constexpr unsigned batch = 64;
    /// As many as a queue holds, by default; a listener of the user's may have one that never ends.
    static constexpr unsigned most_at_the_end = 4096;

    static io::task<void> accept_from(acceptor& self, io::listener& source, std::shared_ptr<const void> owner);
    [[nodiscard]] error_code accept_waiting(io::listener& source);
    [[nodiscard]] io::task<error_code> accept_one(io::listener& source);
    [[nodiscard]] error_code why_not(const io::endpoint& peer);
    [[nodiscard]] error_code let_in(worker& home, io::accepted made);
    void turn_away(io::accepted made, const error_code& why);
    [[nodiscard]] worker& least_loaded() const noexcept;
    [[nodiscard]] io::task<void> pause(io::duration at_most);

    const crew& crew_;
    const event_chain& events_;
    open_function open_;
    admission admission_;
    io::spare_descriptor spare_;
    std::uint64_t accepted_ = 0;
    refusals refused_;
    io::group loops_;
    io::event room_;
};

}   // namespace hawser::server
