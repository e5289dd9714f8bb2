#include "acceptor.hpp"

#include <hawser/io/alarm.hpp>
#include <hawser/io/next_turn.hpp>

#include <hawser/server/error.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::inline v0::server {

acceptor::acceptor(const crew& of, const admission_limits& limits, const event_chain& events, open_function open)
    : crew_(of),
      events_(events),
      open_(std::move(open)),
      admission_(limits, io::descriptor_limit()),
      loops_(of.front()),
      room_(of.front()) {}

void acceptor::start(io::listener& source, std::shared_ptr<const void> owner) {
    loops_.spawn(accept_from(*this, source, std::move(owner)));
}

// Whoever waits is let in without an await between, a batch of them; then others of this thread have their turn.
io::task<void> acceptor::accept_from(acceptor& self, io::listener& source, std::shared_ptr<const void> /* owner */) {
    accept_pause pauses;
    io::operation_memory posted;
    for (unsigned taken = 1;; ++taken) {
        error_code error;
        try {
            if (taken % batch == 0) co_await io::next_turn(self.room_.get_executor(), posted);
            error = self.accept_waiting(source);
            if (error == io::asio::error::would_block) error = co_await self.accept_one(source);
        } catch (...) {   // no memory for a session, or a listener of the user's that throws: the others go on
            error = make_error_code(boost::system::errc::not_enough_memory);
        }
        if (error == hawser::errc::closed) co_return;
        if (is_out_of_descriptors(error) && self.spare_.release()) continue;   // whoever gets its place is turned away
        const io::duration pause = pauses.after(error);
        if (pause == io::duration::zero()) continue;
        self.events_.accept_failed(error, pause);
        bool paused = false;
        try {
            co_await self.pause(pause);
            paused = true;
        } catch (const std::bad_alloc&) {   // no memory to wait either
        }
        if (!paused) co_await io::next_turn(self.room_.get_executor(), posted);
    }
}

error_code acceptor::accept_waiting(io::listener& source) {
    worker& home = least_loaded();
    result<io::accepted> made = source.accept_waiting(home.executor());
    return made ? let_in(home, std::move(*made)) : made.error();
}

io::task<error_code> acceptor::accept_one(io::listener& source) {
    worker& home = least_loaded();
    result<io::accepted> made = co_await source.accept(home.executor());
    if (!made) co_return made.error();
    co_return let_in(home, std::move(*made));
}

// The queue is closed: it gets shorter, but for those whom a listener of the user's goes on to let in.
void acceptor::accept_the_rest(io::listener& source) noexcept {
    source.close_queue();
    for (unsigned taken = 0; taken < most_at_the_end; ++taken) {
        try {
            const error_code error = accept_waiting(source);
            if (error == io::asio::error::would_block || error == hawser::errc::closed || is_out_of_descriptors(error))
                return;
        } catch (...) {   // no memory: they see a reset
            return;
        }
    }
}

error_code acceptor::why_not(const io::endpoint& peer) {
    if (!spare_.hold()) return errc::out_of_descriptors;
    return admission_.admit(peer, io::clock::now());
}

error_code acceptor::let_in(worker& home, io::accepted made) {
    if (const error_code why = why_not(made.peer)) {
        turn_away(std::move(made), why);
        return why;
    }
    const io::endpoint peer = made.peer;
    try {
        open_(home, std::move(made));
    } catch (...) {
        admission_.release(peer, io::clock::now());
        throw;
    }
    ++accepted_;
    return {};
}

// With a reset: nothing was read of it, and the system is to keep nothing of it either.
void acceptor::turn_away(io::accepted made, const error_code& why) {
    made.carrier.reset();
    static_cast<void>(spare_.hold());   // its descriptor is free again
    refused_.count(why);
    events_.refused(made.peer, why);
}

void acceptor::ended(const io::endpoint& peer) {
    admission_.release(peer, io::clock::now());
    room_.notify();
}

io::task<void> acceptor::join() {
    room_.notify();   // a loop that pauses
    co_await loops_.join();
}

worker& acceptor::least_loaded() const noexcept {
    const auto load = [](const std::unique_ptr<worker>& one) { return one->live.load(std::memory_order_relaxed); };
    return **std::ranges::min_element(crew_.workers(), {}, load);
}

// Until there may be room again, and at most this long.
io::task<void> acceptor::pause(io::duration at_most) {
    const io::alarm over(room_, io::clock::now() + at_most);
    co_await room_.wait();
}

}   // namespace hawser::server
