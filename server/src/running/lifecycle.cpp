#include "lifecycle.hpp"

#include <algorithm>

namespace hawser::inline v0::server {

bool lifecycle::begin() noexcept {
    const std::scoped_lock lock(mutex_);
    if (now_ != phase::idle) return false;
    now_ = phase::starting;
    return true;
}

void lifecycle::fail() noexcept {
    const std::scoped_lock lock(mutex_);
    now_ = phase::idle;
    changed_.notify_all();
}

void lifecycle::serve(const std::function<void()>& let_in, std::function<void()> obey) noexcept {
    const std::scoped_lock lock(mutex_);
    now_ = phase::serving;
    obey_ = std::move(obey);
    let_in();
    is_ready_ = !asked_;
    if (asked_) obey_once();
}

void lifecycle::end() noexcept {
    const std::scoped_lock lock(mutex_);
    now_ = phase::ended;
    changed_.notify_all();
}

void lifecycle::ask_to_end(io::duration grace) noexcept {
    const std::scoped_lock lock(mutex_);
    is_ready_ = false;
    if (now_ == phase::ended) return;
    asked_ = std::min(grace, asked_.value_or(grace));
    if (now_ == phase::serving) obey_once();
}

// With the lock.
void lifecycle::obey_once() noexcept {
    if (!std::exchange(is_told_, true)) obey_();
}

std::optional<io::duration> lifecycle::take_asked() noexcept {
    const std::scoped_lock lock(mutex_);
    is_told_ = false;
    return std::exchange(asked_, std::nullopt);
}

std::unique_lock<std::mutex> lifecycle::lock_if_serving() const {
    std::unique_lock lock(mutex_);
    if (now_ != phase::serving || !is_ready_) lock.unlock();
    return lock;
}

bool lifecycle::wait() const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return now_ == phase::idle || now_ == phase::ended; });
    return now_ == phase::ended;
}

}   // namespace hawser::server
