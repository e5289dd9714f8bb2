#include "worker.hpp"

namespace hawser::server {

void worker::add(session& opened) {
    sessions_.push_back(opened);
    if (draining_) opened.drain();
}

void worker::remove(session& ended) noexcept {
    sessions_.erase(sessions_.iterator_to(ended));
    frames_in.fetch_add(ended.frames_in(), std::memory_order_relaxed);
    frames_out.fetch_add(ended.frames_out(), std::memory_order_relaxed);
}

void worker::drain() {
    draining_ = true;
    for (session& open : sessions_) open.drain();
}

void worker::fail_all(error_code why) noexcept {
    for (session& open : sessions_) open.fail(why);
}

}  // namespace hawser::server
