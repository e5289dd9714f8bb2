#include <hawser/io/deadline.hpp>

namespace hawser::inline v0::io {

void deadline::move(time_point at) noexcept {
    at_ = at;
    if (at == time_point::max()) {
        clear();
    } else if (!is_linked() || at < queued_at_) {
        queue_.remove(*this);
        queue_.insert(*this);
    }
}

void deadline::clear() noexcept {
    at_ = time_point::max();
    queue_.remove(*this);
    queued_at_ = time_point::max();
}

void deadline_queue::expire(time_point now) noexcept {
    while (!queued_.empty() && queued_.begin()->queued_at_ <= now) {
        deadline& due = *queued_.begin();
        queued_.erase(queued_.begin());
        if (due.at_ > now) {
            due.queued_at_ = due.at_;
            queued_.insert(due);
        } else {
            due.queued_at_ = deadline::has_expired;
            due.when_expired_();
        }
    }
}

time_point deadline_queue::next() const noexcept {
    return queued_.empty() ? time_point::max() : queued_.begin()->queued_at_;
}

void deadline_queue::insert(deadline& what) noexcept {
    const time_point before = next();
    what.queued_at_ = what.at_;
    queued_.insert(what);
    if (next() < before) next_changed();
}

void deadline_queue::remove(deadline& what) noexcept {
    if (!what.is_linked()) return;
    queued_.erase(queued_.iterator_to(what));
    if (queued_.empty()) next_changed();
}

}   // namespace hawser::io
