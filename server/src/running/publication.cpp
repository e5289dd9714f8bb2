#include "publication.hpp"

#include "../service.hpp"

#include <hawser/io/alarm.hpp>
#include <hawser/io/operation_memory.hpp>

#include <boost/asio/post.hpp>

#include <mutex>
#include <vector>

namespace hawser::inline v0::server {

// The config's: a connection's own is asked on its thread.
frame::slow_consumer publication::policy_of(const letter& what) const {
    return what.visit ? frame::slow_consumer::wait : service_.settings.pushes.policy_of(what.as);
}

bool publication::may_wait(const letter& what) const {
    const frame::slow_consumer policy = policy_of(what);
    return policy == frame::slow_consumer::wait || policy == frame::slow_consumer::close;
}

error_code publication::post_to_all(const letter& what) const {
    if (may_wait(what)) return reserve_and_put(what);
    if (!life_.lock_if_serving()) return hawser::errc::stopping;
    for (const auto& one : crew_.workers())
        if (const error_code error = put(*one, what)) return error;
    return {};
}

error_code publication::reserve_and_put(const letter& what) const {
    const std::vector<std::unique_ptr<worker>>& workers = crew_.workers();
    worker* mine = nullptr;
    {
        const std::unique_lock serving = life_.lock_if_serving();
        if (!serving) return hawser::errc::stopping;
        std::vector<mailbox::space> room(workers.size());
        for (std::size_t i = 0; i < room.size(); ++i) {
            room[i] = workers[i]->box.reserve(what.cost());
            if (!room[i]) return hawser::errc::outbox_full;
        }
        for (std::size_t i = 0; i < room.size(); ++i) {
            if (hands_out_now(*workers[i], what)) mine = workers[i].get();
            else workers[i]->box.put(what, std::move(room[i]));
        }
    }
    if (mine != nullptr) mine->hand_out(what);
    return {};
}

// On the thread itself, with nothing before it, there is nothing to wait for. A function is always called later.
bool publication::hands_out_now(const worker& which, const letter& what) {
    return what.frame && which.executor().running_in_this_thread() && which.can_hand_out();
}

// Under the lock, so that nothing is posted to a thread after the end; but what a connection
// calls when it fails is not.
error_code publication::put(worker& to, const letter& what, const mailbox::waiter* who) const {
    {
        const std::unique_lock serving = life_.lock_if_serving();
        if (!serving) return hawser::errc::stopping;
        if (!hands_out_now(to, what)) {
            const bool is_full = to.box.put(what, policy_of(what), who) == mailbox::placed::no_room;
            return is_full ? make_error_code(hawser::errc::outbox_full) : error_code();
        }
    }
    to.hand_out(what);
    return {};
}

io::task<result<void>> publication::publish(std::shared_ptr<const publication> self, letter what) {
    const io::duration patience = self->service_.limits->push_timeout;
    const bool has_end = patience != io::duration::zero();
    const io::time_point until = has_end ? io::after(io::clock::now(), patience) : io::time_point::max();
    const io::executor here = co_await io::this_executor;
    if (!self->life_.lock_if_serving()) co_return hawser::errc::stopping;
    error_code failed;
    bool is_ours = false;
    for (const auto& one : self->crew_.workers()) {
        is_ours = is_ours || one->executor() == here;
        error_code error = self->put(*one, what);
        if (error == hawser::errc::outbox_full) error = co_await put_in_turn(*self, *one, what, until);
        if (error) failed = error;
    }
    // Whoever publishes without end on a thread of the server lets its connections have their turn.
    io::operation_memory posted;
    if (is_ours) co_await io::asio::post(here, posted.keep(io::use_task));
    if (failed) co_return failed;
    co_return result<void>();
}

// Waits for room in one thread's mailbox.
io::task<error_code> publication::put_in_turn(const publication& self, worker& to, const letter& what,
                                              io::time_point until) {
    const io::executor here = co_await io::this_executor;
    const mailbox::waiter waiting(to.box, here);
    const io::alarm give_up(waiting.changed(), until);
    error_code error = self.put(to, what, &waiting);
    while (error == hawser::errc::outbox_full && !give_up.expired()) {
        co_await waiting.changed().wait();
        error = self.put(to, what, &waiting);
    }
    if (error != hawser::errc::outbox_full) co_return error;
    self.note_lost(to);
    co_return hawser::errc::write_timeout;
}

void publication::note_lost(worker& of) const {
    const std::unique_lock serving = life_.lock_if_serving();
    if (serving) of.box.note_lost();
}

}   // namespace hawser::server
