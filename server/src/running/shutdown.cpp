#include "shutdown.hpp"

#include <hawser/io/next_turn.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <utility>

namespace hawser::inline v0::server {

namespace {

// How long connections that were cut have for unwinding their coroutines.
constexpr io::duration unwinding = std::chrono::seconds(1);
// When a second signal said that nobody wants to wait.
constexpr io::duration hurried_unwinding = std::chrono::milliseconds(250);

}   // namespace

shutdown::shutdown(const parts& all)
    : task_chain(all.crew.front(), see_to_the_end()), parts_(all), changed_(all.crew.front()), grace_over_(changed_) {}

void shutdown::obey_soon(std::shared_ptr<shutdown> self) noexcept {
    io::asio::post(parts_.crew.front(), obeying_.keep([self = std::move(self)] {
        if (const std::optional<io::duration> grace = self->parts_.life.take_asked()) self->begin(self, *grace);
    }));
}

void shutdown::begin(std::shared_ptr<void> self, io::duration grace) noexcept {
    if (stage_ == stage::over) return;
    const io::time_point end = io::after(io::clock::now(), grace);
    const bool is_first = stage_ == stage::none;
    if (!is_first && end >= grace_over_.at()) return;
    grace_over_.move(end);
    last_moment_ = io::after(end, to_unwind());
    if (is_first) close_the_entrance(grace > io::duration::zero());
    for (const auto& one : parts_.crew.workers()) one->drain_soon(end, self);
    if (!is_first) return;
    owner_ = std::move(self);
    stays_.emplace(parts_.crew.front());
    start();
}

void shutdown::completed() {
    const std::shared_ptr<void> owner = std::move(owner_);
    stays_.reset();
    take();
}

void shutdown::abandon() noexcept {
    const std::shared_ptr<void> owner = std::move(owner_);
    stays_.reset();
    destroy_frames();
}

io::duration shutdown::to_unwind() const noexcept { return is_hurried() ? hurried_unwinding : unwinding; }

void shutdown::close_the_entrance(bool in_peace) noexcept {
    stage_ = stage::draining;
    parts_.life.turn_unready();
    parts_.entrance.close(in_peace);
    open_at_stop_ = parts_.crew.live();
    parts_.service.events.stopping(open_at_stop_);
}

// Without memory it begins anew when others have had their turn: nothing of it is done twice.
io::task<void> shutdown::see_to_the_end() {
    io::operation_memory posted;
    for (bool is_done = false; !is_done;) {
        try {
            co_await see_all_off();
            is_done = true;
        } catch (const std::bad_alloc&) {}
        // At the end too: nobody is told it inside of his own asking.
        co_await io::next_turn(parts_.crew.front(), posted);
    }
    finish();
}

io::task<void> shutdown::see_all_off() {
    co_await parts_.entrance.join();
    while (something_lives() && !grace_over_.expired()) co_await changed_.wait();
    if (!something_lives()) co_return;
    for (const auto& one : parts_.crew.workers())
        io::asio::post(one->executor(), [alive = owner_, &home = *one] { home.cut_all(); });
    if (stage_ < stage::cutting) grace_over_.move(io::after(io::clock::now(), to_unwind()));
    stage_ = stage::cutting;
    while (something_lives() && !grace_over_.expired()) co_await changed_.wait();
}

// Lets the threads go. A handler that will not end is left behind with its io_context, if that is ours.
void shutdown::finish() noexcept {
    stage_ = stage::over;
    parts_.service.is_over = true;
    grace_over_.clear();
    if (parts_.signals != nullptr) parts_.signals->end();
    outcome_ = made_report();
    parts_.service.events.stopped(outcome_);
    const bool something_stays = something_lives();
    if (parts_.crew.let_go() && something_stays) parts_.crew.stop();
    parts_.life.end();
}

bool shutdown::is_time_up() const {
    return is_hurried() || (parts_.service.settings.on_stuck != stuck_policy::wait && io::clock::now() >= last_moment_);
}

// When all has ended that will.
report shutdown::made_report() const noexcept {
    report made{.accepted = parts_.entrance.accepted(), .refused = parts_.entrance.refused()};
    for (const auto& one : parts_.crew.workers()) one->add_to(made);
    made.drained = open_at_stop_ - std::min(open_at_stop_, made.forced);
    return made;
}

}   // namespace hawser::server
