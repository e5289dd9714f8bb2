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

void inbox::end(const error_code& why) {
    ended_ = why;
    changed_.notify();
}

io::task<result<byte_buffer>> inbox::next(std::shared_ptr<inbox> from) {
    while (from->waiting_.empty() && !from->ended_) co_await from->changed_.wait();
    if (from->waiting_.empty()) co_return from->ended_;
    byte_buffer first = std::move(from->waiting_.front());
    from->waiting_.pop_front();
    co_return first;
}

}  // namespace hawser::client
