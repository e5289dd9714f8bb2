// What goes to all connections of a server: see server.hpp, and mailbox.hpp for how it gets to their threads.
#include "machinery.hpp"

#include <hawser/io/memory_charge.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/post.hpp>

#include <utility>
#include <vector>

namespace hawser::server {

namespace {

io::task<result<void>> fails(error_code why) { co_return why; }

}  // namespace

// No coroutines: what they give may outlive the server object.

io::task<result<void>> server::publish(frame::shared_frame made, push_as as, std::uint64_t except) {
    return machinery::publish(machinery_, {.frame = std::move(made), .visit = nullptr, .as = as, .except = except});
}

io::task<result<void>> server::publish_made(result<frame::shared_frame> made, push_as as, std::uint64_t except) {
    return made ? publish(std::move(*made), as, except) : fails(made.error());
}

error_code server::try_publish(const frame::shared_frame& made, const push_as& as, std::uint64_t except) {
    return machinery_->post_to_all({.frame = made, .visit = nullptr, .as = as, .except = except});
}

error_code server::each(io::plain_function<void(context&)> what) {
    auto shared = std::make_shared<const std::function<void(context&)>>(static_cast<std::function<void(context&)>&&>(what));
    return machinery_->post_to_all({.frame = nullptr, .visit = std::move(shared), .as = {}, .except = 0});
}

result<frame::shared_frame> service::frame_of(bytes body, const std::shared_ptr<io::memory_budget>& where) const {
    byte_buffer frame;
    if (const error_code error = settings.outgoing().encode(body, frame)) return error;
    frame::shared_frame made = io::counted_frame(std::move(frame), where);
    if (where && where->is_short()) relieve();   // no thread's account has noticed
    return made;
}

result<frame::shared_frame> service::frame_for_many(bytes body, const std::shared_ptr<io::memory_budget>& where) const {
    if (where && where->level() >= io::pressure::stop_growing) return make_error_code(boost::system::errc::not_enough_memory);
    return frame_of(body, where);
}

// Before the start there is no pool to count it in.
result<frame::shared_frame> server::frame_of(bytes body) const {
    const service& all = machinery_->shared;
    return all.frame_for_many(body, machinery_->is_running() ? all.pool : nullptr);
}

// The config's: a connection's own is asked on its thread.
frame::slow_consumer server::machinery::policy_of(const letter& what) const {
    return what.visit ? frame::slow_consumer::wait : shared.settings.pushes.policy_of(what.as);
}

bool server::machinery::may_wait(const letter& what) const {
    const frame::slow_consumer policy = policy_of(what);
    return policy == frame::slow_consumer::wait || policy == frame::slow_consumer::close;
}

// All threads or none, where the policy is to wait.
error_code server::machinery::post_to_all(const letter& what) {
    if (!may_wait(what)) {
        if (!may_publish()) return hawser::errc::stopping;
        for (const auto& one : workers)
            if (const error_code error = put(*one, what)) return error;
        return {};
    }
    worker* mine = nullptr;
    {
        const std::scoped_lock lock(mutex);
        if (!is_heard()) return hawser::errc::stopping;
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
bool server::machinery::hands_out_now(const worker& which, const letter& what) {
    return what.frame && which.executor().running_in_this_thread() && which.can_hand_out();
}

// Under the lock, so that nothing is posted to a thread after the end; but what a connection calls when it fails is not.
error_code server::machinery::put(worker& to, const letter& what, const mailbox::turn* mine) {
    {
        const std::scoped_lock lock(mutex);
        if (!is_heard()) return hawser::errc::stopping;
        if (!hands_out_now(to, what)) {
            const bool is_full = to.box.put(what, policy_of(what), mine) == mailbox::placed::no_room;
            return is_full ? make_error_code(hawser::errc::outbox_full) : error_code();
        }
    }
    to.hand_out(what);
    return {};
}

io::task<result<void>> server::machinery::publish(std::shared_ptr<machinery> self, letter what) {
    const io::duration patience = self->shared.limits->push_timeout;
    const bool has_end = patience != io::duration::zero();
    const io::time_point until = has_end ? io::after(io::clock::now(), patience) : io::time_point::max();
    const io::executor here = co_await io::this_executor;
    if (!self->may_publish()) co_return hawser::errc::stopping;
    error_code failed;
    bool is_ours = false;
    for (const auto& one : self->workers) {
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
io::task<error_code> server::machinery::put_in_turn(machinery& self, worker& to, const letter& what, io::time_point until) {
    const io::executor here = co_await io::this_executor;
    const mailbox::turn turn(to.box, here);
    io::deadline give_up(io::watchdog::of(here), io::calling<&io::event::notify>(turn.changed()));
    give_up.move(until);
    error_code error = self.put(to, what, &turn);
    while (error == hawser::errc::outbox_full && !give_up.expired()) {
        co_await turn.changed().wait();
        error = self.put(to, what, &turn);
    }
    if (error != hawser::errc::outbox_full) co_return error;
    self.note_lost(to);
    co_return hawser::errc::write_timeout;
}

void server::machinery::note_lost(worker& of) {
    const std::scoped_lock lock(mutex);
    if (is_heard()) of.box.note_lost();
}

}  // namespace hawser::server
