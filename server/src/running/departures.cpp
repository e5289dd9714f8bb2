#include "departures.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace hawser::inline v0::server {

void departures::expect(std::size_t connections) {
    const std::scoped_lock lock(mutex_);
    if (connections > waiting_.capacity()) waiting_.reserve(std::max(connections, 2 * waiting_.capacity()));
}

void departures::add(const departure& who, std::shared_ptr<void> owner) noexcept {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(who);
    if (std::exchange(is_posted_, true)) return;
    io::asio::post(first_, posted_.keep([this, alive = std::move(owner)] { tell(); }));
}

void departures::tell() {
    std::unique_lock lock(mutex_);
    is_posted_ = false;
    while (!waiting_.empty()) {
        const departure one = waiting_.back();
        waiting_.pop_back();
        lock.unlock();
        ended_(*one.home, one.peer);
        lock.lock();
    }
}

}   // namespace hawser::server
