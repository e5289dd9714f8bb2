#include "inbox.hpp"

#include <utility>

namespace hawser::client {

void inbox::keep(bytes body) {
    if (waiting_.size() >= most_) {
        ++dropped_;
        return;
    }
    waiting_.emplace_back(body.size());
    waiting_.back().append(body);
    changed_.notify();
}

byte_buffer inbox::take() {
    byte_buffer first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
}

}  // namespace hawser::client
