#include "request_queue.hpp"

namespace hawser::inline v0::client {

void request_queue::wake_first() {
    if (!waiting_.empty()) waiting_.begin()->changed().notify();
}

void request_queue::wake_all() {
    for (place& each : waiting_) each.changed().notify();
}

request_queue::place::place(request_queue& in, io::time_point until)
    : queue_(in), number_(in.made_++), changed_(in.here_), give_up_(changed_, until) {}

void request_queue::place::line_up() { queue_.waiting_.insert(*this); }

void request_queue::place::leave() noexcept {
    if (!is_linked()) return;
    queue_.waiting_.erase(queue_.waiting_.iterator_to(*this));
    queue_.wake_first();
}

bool request_queue::place::is_first() const noexcept { return &*queue_.waiting_.begin() == this; }

}   // namespace hawser::client
