#include "inbox.hpp"

#include <utility>

namespace hawser::inline v0::client {

bool inbox::has_room(std::size_t size) const noexcept {
    return waiting_.size() < most_.packets && (waiting_.empty() || bytes_ + size <= most_.bytes);
}

void inbox::keep(bytes body) {
    if (!has_room(body.size())) {
        ++dropped_;
        return;
    }
    byte_buffer copy(body.size());
    copy.append(body);
    waiting_.push_back(std::move(copy));
    bytes_ += body.size();
    changed_.notify();
}

byte_buffer inbox::take() {
    byte_buffer first = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= first.size();
    return first;
}

}   // namespace hawser::client
