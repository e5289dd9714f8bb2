#include "acceptor.hpp"

#include <hawser/io/watchdog.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace hawser::server {

namespace {

// After a failed accept: from 10 ms, doubled each time, so that it neither spins nor sleeps through the recovery.
constexpr io::duration first_pause = std::chrono::milliseconds(10);
constexpr io::duration longest_pause = std::chrono::milliseconds(500);

}  // namespace

acceptor::acceptor(const crew& workers, events& report, open_function open)
    : workers_(workers),
      report_(report),
      open_(std::move(open)),
      loops_(workers.front()->executor()),
      room_(workers.front()->executor()) {}

void acceptor::start(io::listener& source, std::shared_ptr<const void> owner) {
    loops_.spawn(accept_from(*this, source, std::move(owner)));
}

io::task<void> acceptor::accept_from(acceptor& self, io::listener& source, std::shared_ptr<const void> /* owner */) {
    io::duration next_pause = first_pause;
    for (;;) {
        error_code error;
        try {
            error = co_await self.accept_one(source);
        } catch (...) {   // no memory for a session, or a listener of the user's that throws: the others go on
            error = make_error_code(boost::system::errc::not_enough_memory);
        }
        if (error == hawser::errc::closed) co_return;
        if (!error || error == io::asio::error::connection_aborted) {   // that one is the peer's affair
            next_pause = first_pause;
            continue;
        }
        self.report_.accept_failed(error, next_pause);
        co_await self.pause(next_pause);
        next_pause = std::min(2 * next_pause, longest_pause);
    }
}

io::task<error_code> acceptor::accept_one(io::listener& source) {
    worker& home = least_loaded();
    result<io::accepted> made = co_await source.accept(home.executor());
    if (!made) co_return made.error();
    open_(home, std::move(*made));
    co_return error_code();
}

worker& acceptor::least_loaded() const noexcept {
    const auto load = [](const std::unique_ptr<worker>& one) { return one->live.load(std::memory_order_relaxed); };
    return **std::ranges::min_element(workers_, {}, load);
}

// Until there may be room again, and at most this long.
io::task<void> acceptor::pause(io::duration at_most) {
    io::deadline over(io::watchdog::of(room_.get_executor()),
                      [](void* room) { static_cast<io::event*>(room)->notify(); }, &room_);
    over.move(io::clock::now() + at_most);
    co_await room_.wait();
}

}  // namespace hawser::server
