#include "memory_guard.hpp"

#include <hawser/io/clock.hpp>

#include <boost/asio/post.hpp>

#include <chrono>
#include <new>

namespace hawser::server {

namespace {

// How long who was closed has for giving back what he held.
constexpr io::duration unwinding = std::chrono::milliseconds(20);

}  // namespace

void memory_guard::watch() {
    for (const auto& one : workers_)
        io::memory_account::of(one->executor()).draw_from(pool_, [self = weak_from_this()] {
            if (const auto guard = self.lock()) guard->search();
        });
}

void memory_guard::search() {
    const std::shared_ptr<void> alive = owner_.lock();
    if (!alive || searching_.exchange(true)) return;
    const std::scoped_lock lock(mutex_);
    to_answer_ = workers_.size();
    home_of_largest_ = nullptr;
    largest_ = 0;
    for (const auto& one : workers_) {
        try {
            io::asio::post(one->executor(), [self = shared_from_this(), alive, &home = *one] { self->look_at(home); });
        } catch (const std::bad_alloc&) {
            --to_answer_;   // without that thread, then
        }
    }
    if (to_answer_ == 0) searching_ = false;
}

void memory_guard::look_at(worker& where) try {
    session* largest_here = where.largest_holder();
    const std::scoped_lock lock(mutex_);
    if (largest_here != nullptr && largest_here->held() > largest_) {
        largest_ = largest_here->held();
        home_of_largest_ = &where;
    }
    if (--to_answer_ > 0) return;
    if (home_of_largest_ == nullptr) {
        searching_ = false;   // nobody holds any: it is on its way back
        return;
    }
    io::asio::post(home_of_largest_->executor(),
                   [self = shared_from_this(), alive = owner_.lock()] { self->close_largest(); });
} catch (const std::bad_alloc&) {
    searching_ = false;   // the next charge begins anew
}

// On the thread of whoever was the largest. Much may have happened meanwhile: the largest there now is as good.
void memory_guard::close_largest() try {
    const bool still_short = pool_->level() >= io::pressure::close_largest;
    session* largest = still_short ? home_of_largest_->largest_holder() : nullptr;
    if (largest == nullptr) {
        searching_ = false;
        return;
    }
    largest->fail(hawser::errc::memory_short);
    look_again_soon();
} catch (const std::bad_alloc&) {
    searching_ = false;
}

void memory_guard::look_again_soon() {
    const auto alarm = std::make_shared<io::timer>(home_of_largest_->executor(), unwinding);
    alarm->async_wait([self = shared_from_this(), alarm](const error_code&) {
        self->searching_ = false;
        if (self->pool_->level() >= io::pressure::close_largest) self->search();
    });
}

}  // namespace hawser::server
