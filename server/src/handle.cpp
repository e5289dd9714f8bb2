// Handles: from any thread to the session's own.
//
// What goes there is charged to the pool until it is done. It takes its place in the mailbox of that thread too, so
// whoever sends much to a busy thread waits for it, and nothing collects there.
#include <hawser/server/handle.hpp>

#include "session.hpp"
#include "worker.hpp"

#include <hawser/io/alarm.hpp>
#include <hawser/io/memory_charge.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <utility>

namespace hawser::inline v0::server {

// What a session on another thread is to be sent.
struct handle::parcel {
    explicit parcel(std::shared_ptr<session> to) : all(to->service_), target(std::move(to)) {}

    std::shared_ptr<const service> all;   // of which the mailbox is
    std::shared_ptr<session> target;
    byte_buffer body;   // one of the two
    frame::shared_frame pushed;
    push_as as;
    io::memory_charge charge;   // of the body; a frame has its own
    mailbox::space place;

    [[nodiscard]] std::size_t cost() const noexcept {
        return mailbox::place_cost + body.size() + (pushed ? pushed->size() : 0);
    }
};

// The way there: coroutines that connection.hpp need not know.
struct handle::carrier {
    static io::task<result<void>> carry(parcel what);
    static io::task<mailbox::space> room_in_turn(mailbox& box, std::size_t bytes, io::duration patience);
    static io::task<result<void>> arrive(parcel what);
    static void give(std::shared_ptr<session> target, session::order session::orders::* which,
                     void (*does)(session&)) noexcept;
};

// To the session's thread, when that has room for it.
io::task<result<void>> handle::carrier::carry(parcel what) {
    mailbox& box = what.target->home_.box;
    what.place = box.reserve(what.cost());
    if (!what.place) {
        // Whoever waits keeps nobody from ending.
        const std::weak_ptr<session> to = std::exchange(what.target, nullptr);
        mailbox::space room = co_await room_in_turn(box, what.cost(), what.all->limits->push_timeout);
        if (!room) co_return hawser::errc::write_timeout;
        what.place = std::move(room);
        what.target = to.lock();
        if (!what.target) co_return hawser::errc::closed;
    }
    const io::executor there = what.target->frames_.get_executor();
    io::task<result<void>> arriving = arrive(std::move(what));
    co_return co_await io::spawn(there, std::move(arriving), io::use_task);
}

io::task<mailbox::space> handle::carrier::room_in_turn(mailbox& box, std::size_t bytes, io::duration patience) {
    const io::executor here = co_await io::this_executor;
    const mailbox::waiter waiting(box, here);
    io::alarm give_up(waiting.changed());
    if (patience != io::duration::zero()) give_up.move(io::after(io::clock::now(), patience));
    mailbox::space room = box.reserve(bytes, &waiting);
    while (!room && !give_up.expired()) {
        co_await waiting.changed().wait();
        room = box.reserve(bytes, &waiting);
    }
    co_return room;
}

// On the session's thread.
io::task<result<void>> handle::carrier::arrive(parcel what) {
    what.place = {};
    session& target = *what.target;
    if (what.pushed) co_return co_await target.connection_.push(std::move(what.pushed), what.as);
    co_return co_await target.frames_.send(what.body.view());
}

io::task<result<void>> handle::send(bytes body) const {
    byte_buffer copy(body.size());
    copy.append(body);
    return send_owned(*this, std::move(copy), {});
}

io::task<result<void>> handle::send_owned(handle to, byte_buffer body, error_code failed) {
    if (failed) co_return failed;
    std::shared_ptr<session> target = to.session_.lock();
    if (!target) co_return hawser::errc::closed;
    const io::executor here = co_await io::this_executor;
    if (here == target->frames_.get_executor()) co_return co_await target->frames_.send(body.view());
    const std::shared_ptr<io::memory_budget>& pool = target->service_->pool;
    if (pool && pool->level() >= io::pressure::stop_growing)
        co_return make_error_code(boost::system::errc::not_enough_memory);
    parcel what(std::move(target));
    what.charge = io::memory_charge(what.all->pool, body.capacity());
    what.body = std::move(body);
    io::task<result<void>> sent = carrier::carry(std::move(what));
    co_return co_await std::move(sent);
}

io::task<result<void>> handle::push(frame::shared_frame made, push_as as) const {
    return push_shared(*this, std::move(made), as);
}

io::task<result<void>> handle::push_shared(handle to, frame::shared_frame made, push_as as) {
    std::shared_ptr<session> target = to.session_.lock();
    if (!target) co_return hawser::errc::closed;
    const io::executor here = co_await io::this_executor;
    if (here == target->frames_.get_executor()) co_return co_await target->connection_.push(std::move(made), as);
    parcel what(std::move(target));
    what.pushed = std::move(made);
    what.as = as;
    io::task<result<void>> sent = carrier::carry(std::move(what));
    co_return co_await std::move(sent);
}

// On another thread nobody waits for what becomes of it.
error_code handle::try_push(frame::shared_frame made, push_as as) const {
    std::shared_ptr<session> target = session_.lock();
    if (!target) return hawser::errc::closed;
    const io::executor there = target->frames_.get_executor();
    if (there.running_in_this_thread()) return target->connection_.try_push(made, as);
    parcel what(std::move(target));
    what.pushed = std::move(made);
    what.as = as;
    what.place = what.target->home_.box.reserve(what.cost());
    if (!what.place) return hawser::errc::outbox_full;
    io::asio::post(there, [what = std::move(what)]() mutable {
        what.place = {};
        if (!what.target->take_published(what.pushed, what.as)) what.target->home_.count_lost_push();
    });
    return {};
}

// Its thread waits here, so there is one such parcel for each thread of the program at most, and it
// need not wait for room first.
result<void> handle::send_blocking(bytes body) const {
    std::shared_ptr<session> target = session_.lock();
    if (!target) return hawser::errc::closed;
    const io::executor there = target->frames_.get_executor();
    if (there.running_in_this_thread() || worker::runs_here(*target->service_))
        return make_error_code(boost::system::errc::operation_not_permitted);
    parcel what(std::move(target));
    what.body = byte_buffer(body.size());
    what.body.append(body);
    what.charge = io::memory_charge(what.all->pool, what.body.capacity());
    std::future<result<void>> done = io::spawn(there, carrier::arrive(std::move(what)), io::asio::use_future);
    try {
        return done.get();
    } catch (const std::future_error&) {   // the server was ended by force
        return hawser::errc::closed;
    }
}

// Once is enough, and has its memory.
void handle::carrier::give(std::shared_ptr<session> target, session::order session::orders::* which,
                           void (*does)(session&)) noexcept {
    if (!target) return;
    session::order& order = (*target->extras_->by_handle).*which;
    if (order.is_given.exchange(true)) return;
    const io::executor there = target->frames_.get_executor();
    io::asio::post(there, order.memory.keep([target = std::move(target), does] { does(*target); }));
}

void handle::close() const noexcept {
    carrier::give(session_.lock(), &session::orders::close, [](session& target) { target.frames_.close(); });
}

void handle::finish() const noexcept {
    carrier::give(session_.lock(), &session::orders::finish,
                  [](session& target) { target.finish(hawser::errc::closed); });
}

}   // namespace hawser::server
