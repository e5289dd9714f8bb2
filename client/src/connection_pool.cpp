#include "connection_pool.hpp"

#include <hawser/io/alarm.hpp>

#include <algorithm>
#include <utility>

namespace hawser::inline v0::client {

// Lives in the coroutine that waits for its answer.
struct connection_pool::request {
    request(connection_pool& pool, io::time_point until) : place(pool.shared_.queue, until) {}

    request_queue::place place;
    bool was_sent = false;
};

connection_pool::connection_pool(const io::executor& here, dialler dial, reconnecting_options settings)
    : shared_(here, std::move(dial), std::move(settings)) {
    for (std::size_t number = 0; number < shared_.settings.connections; ++number) kept_.emplace_back(shared_, number);
}

void connection_pool::start(const std::shared_ptr<connection_pool>& self) {
    for (kept_connection& each : self->kept_) kept_connection::start(std::shared_ptr<kept_connection>(self, &each));
}

void connection_pool::stop() {
    shared_.stopping.request_stop();
    shared_.queue.wake_all();
    for (kept_connection& each : kept_) each.stop();
    shared_.pushes->changed().notify();
    shared_.changed.notify();
}

void connection_pool::close_now() {
    shared_.settings.watch = nullptr;   // what it looks at may be gone before the last coroutine is
    stop();
    for (kept_connection& each : kept_) each.fail(hawser::errc::closed);
}

bool connection_pool::runs() const noexcept {
    return std::ranges::any_of(kept_, [](const kept_connection& each) { return each.runs(); });
}

id_use connection_pool::use_of(const packet::identity& answer) const noexcept {
    id_use most = id_use::none;
    for (const kept_connection& each : kept_)
        if (each.current()) most = std::max(most, each.current()->use_of(answer));
    return most;
}

io::task<void> connection_pool::close(std::shared_ptr<connection_pool> self) {
    self->stop();
    while (self->runs()) co_await self->shared_.changed.wait();
}

// Those with equally many take turns.
std::shared_ptr<link> connection_pool::least_busy() {
    const kept_connection* best = nullptr;
    ++first_asked_;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
        const kept_connection& each = kept_[(first_asked_ + i) % kept_.size()];
        if (!each.takes_requests()) continue;
        if (best == nullptr || each.current()->in_flight() < best->current()->in_flight()) best = &each;
    }
    return best == nullptr ? nullptr : best->current();
}

io::task<result<void>> connection_pool::ready(std::shared_ptr<connection_pool> self, io::time_point until) {
    io::event& changed = self->shared_.changed;
    const io::alarm give_up(changed, until);
    while (!self->least_busy()) {
        if (self->shared_.is_stopping()) co_return hawser::errc::closed;
        if (give_up.expired()) co_return errc::no_connection;
        co_await changed.wait();
    }
    co_return result<void>();
}

// Waits for a connection, behind those who wait already. Whoever gets one sends at once, before the next in the queue
// is woken: that keeps the order.
io::task<result<std::shared_ptr<link>>> connection_pool::wait_for_link(request& asking) {
    request_queue& queue = shared_.queue;
    if (queue.empty() && !shared_.is_stopping())
        if (std::shared_ptr<link> free = least_busy()) co_return free;
    if (!asking.was_sent && queue.size() >= shared_.settings.most_waiting) co_return errc::too_many_waiting;
    asking.place.line_up();
    for (;;) {
        if (shared_.is_stopping()) co_return hawser::errc::closed;
        if (asking.place.is_late()) co_return asking.was_sent ? errc::request_timeout : errc::no_connection;
        if (asking.place.is_first()) {
            if (std::shared_ptr<link> free = least_busy()) {
                asking.place.leave();
                co_return free;
            }
        }
        co_await asking.place.changed().wait();
    }
}

io::task<result<byte_buffer>> connection_pool::exchange(std::shared_ptr<connection_pool> self, packet::form form,
                                                        packet::identity answer, bytes body, io::time_point until) {
    request asking(*self, until);
    for (;;) {
        const result<std::shared_ptr<link>> free = co_await self->wait_for_link(asking);
        if (!free) co_return free.error();
        if (std::exchange(asking.was_sent, true)) ++self->shared_.counters.resent;
        result<byte_buffer> got = co_await link::exchange(*free, form, answer, body, until);
        if (got || got.error() == errc::request_timeout || got.error() == errc::id_in_flight) co_return got;
        const bool is_lost = !(*free)->works() && !self->shared_.is_stopping();
        if (!is_lost || self->shared_.settings.in_flight == on_break::fail) co_return got;
    }
}

io::task<result<void>> connection_pool::send(std::shared_ptr<connection_pool> self, byte_buffer body,
                                             io::time_point until) {
    request asking(*self, until);
    const result<std::shared_ptr<link>> free = co_await self->wait_for_link(asking);
    if (!free) co_return free.error();
    co_return co_await link::send(*free, std::move(body), until);
}

// A push, of any connection.
io::task<result<byte_buffer>> connection_pool::next(std::shared_ptr<connection_pool> self) {
    inbox& pushes = *self->shared_.pushes;
    while (pushes.empty() && !self->shared_.is_stopping()) co_await pushes.changed().wait();
    if (pushes.empty()) co_return hawser::errc::closed;
    co_return pushes.take();
}

}   // namespace hawser::client
