#include "mailbox.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace hawser::inline v0::server {

mailbox::waiter::waiter(mailbox& of, const io::executor& here) : of_(of), bell_(std::make_shared<io::bell>(here)) {
    const std::scoped_lock lock(of_.mutex_);
    of_.line_.push_back(bell_);
}

// Whoever comes next has not looked, or found no room that there is now.
mailbox::waiter::~waiter() {
    const std::scoped_lock lock(of_.mutex_);
    std::erase(of_.line_, bell_);
    if (!of_.line_.empty()) io::bell::ring(of_.line_.front());
}

void mailbox::open(std::shared_ptr<io::memory_budget> pool, std::size_t room, std::weak_ptr<void> owner) {
    pool_ = std::move(pool);
    room_ = room;
    owner_ = std::move(owner);
}

mailbox::placed mailbox::put(const letter& what, frame::slow_consumer policy, const waiter* who) {
    using frame::slow_consumer;
    const std::scoped_lock lock(mutex_);
    if (policy == slow_consumer::coalesce && replace(what)) return placed::kept;
    const bool displaces = policy == slow_consumer::drop_oldest || policy == slow_consumer::coalesce;
    if (displaces) make_room(what);
    if (!has_room(what.cost()) || !(displaces || is_first(who))) {
        if (policy == slow_consumer::wait || policy == slow_consumer::close) return placed::no_room;
        ++lost_;
        wake_locked();
        return placed::dropped;
    }
    keep(what);
    return placed::kept;
}

mailbox::space mailbox::reserve(std::size_t bytes, const waiter* who) {
    const std::scoped_lock lock(mutex_);
    if (!has_room(bytes) || !is_first(who)) return {};
    bytes_ += bytes;
    return {*this, bytes};
}

void mailbox::put(const letter& what, space reserved) {
    const std::scoped_lock lock(mutex_);
    keep(what);
    bytes_ -= reserved.taken();
}

void mailbox::keep(const letter& what) {
    waiting_.push_back(what);
    bytes_ += what.cost();
    if (pool_) pool_->draw(place_cost);
    wake_locked();
}

void mailbox::release(std::size_t bytes) noexcept {
    const std::scoped_lock lock(mutex_);
    free_room(bytes);
}

void mailbox::note_lost() {
    const std::scoped_lock lock(mutex_);
    ++lost_;
    wake_locked();
}

std::optional<mailbox::letter> mailbox::take() noexcept {
    const std::scoped_lock lock(mutex_);
    if (waiting_.empty()) return std::nullopt;
    std::optional<letter> first(std::move(waiting_.front()));
    waiting_.pop_front();
    if (pool_) pool_->give_back(place_cost);
    free_room(first->cost());
    return first;
}

std::size_t mailbox::take_lost() noexcept {
    const std::scoped_lock lock(mutex_);
    return std::exchange(lost_, 0);
}

void mailbox::wake() {
    const std::scoped_lock lock(mutex_);
    wake_locked();
}

std::size_t mailbox::size() const noexcept {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
}

// Nobody overtakes those who wait.
bool mailbox::is_first(const waiter* who) const noexcept {
    return line_.empty() || (who != nullptr && line_.front() == who->bell());
}

// In the place of the older one of its key, if it fits there.
bool mailbox::replace(const letter& what) {
    const auto older = std::ranges::find_if(waiting_, [&](const letter& one) {
        return one.frame && one.as.message_class == what.as.message_class && one.as.key == what.as.key &&
               one.except == what.except;
    });
    if (older == waiting_.end()) return false;
    ++lost_;
    if (bytes_ - older->cost() + what.cost() > room_) {
        forget(older);
        return false;
    }
    bytes_ = bytes_ - older->cost() + what.cost();
    *older = what;
    return true;
}

// The oldest of its class are lost.
void mailbox::make_room(const letter& what) {
    if (what.cost() > room_) return;
    while (bytes_ + what.cost() > room_) {
        const auto oldest = std::ranges::find_if(waiting_, [&](const letter& one) {
            return one.frame && one.as.message_class == what.as.message_class;
        });
        if (oldest == waiting_.end()) return;
        ++lost_;
        forget(oldest);
    }
}

void mailbox::forget(std::deque<letter>::iterator which) noexcept {
    bytes_ -= which->cost();
    if (pool_) pool_->give_back(place_cost);
    waiting_.erase(which);
}

void mailbox::free_room(std::size_t bytes) noexcept {
    bytes_ -= bytes;
    if (!line_.empty()) io::bell::ring(line_.front());
}

// One function is posted for all that waits.
void mailbox::wake_locked() {
    if (std::exchange(is_woken_, true)) return;
    io::asio::post(home_, wake_.keep([this, alive = owner_.lock()] {
        {
            const std::scoped_lock lock(mutex_);
            is_woken_ = false;
        }
        deliver_();
    }));
}

}   // namespace hawser::server
