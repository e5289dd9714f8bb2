#include <hawser/frame/outbox.hpp>

#include <algorithm>
#include <utility>

namespace hawser::inline v0::frame {

namespace {

// A tail that has grown to this is full; a page is what one begins with, and so many bytes are not moved any more.
constexpr std::size_t largest_tail = 64 * 1024;
constexpr std::size_t smallest_tail = 4 * 1024;
constexpr std::size_t closed_from = 16 * 1024;

}   // namespace

// Makes room for a frame that does not fit: a small tail grows, a larger one stays as it is and another
// begins. That one has a quarter of what waits, so that what is free of it is little beside that; and a long
// frame has just its own size.
void outbox::widen_tail(std::size_t size) {
    if (tail_.size() >= closed_from || tail_.size() + size > largest_tail) close_tail();
    const std::size_t kept = tail_.size();
    const std::size_t roomy = std::clamp(std::max(2 * kept, (ahead() + backlog_.bytes()) / 4), smallest_tail,
                                         largest_tail);
    byte_buffer wider(std::max(kept + size, roomy));
    wider.append(tail_.view());
    tail_ = std::move(wider);
}

std::size_t outbox::memory_of_others() const noexcept { return (line_ ? line_->memory() : 0) + backlog_.memory(); }

void outbox::close_tail() {
    if (tail_.empty()) return;
    if (!line_) line_ = std::make_unique<segments>();
    line_->append(std::move(tail_));
}

void outbox::append(const shared_frame& frame) {
    if (frame->size() >= shared_from) {
        close_tail();
        if (!line_) line_ = std::make_unique<segments>();
        line_->append(frame);
    } else {
        if (tail_.room() < frame->size()) widen_tail(frame->size());
        tail_.append(frame->view());
    }
    ++frames_;
}

// Nothing is lost when append() throws: a frame leaves the backlog when it stands here.
void outbox::take_from_backlog() {
    for (std::size_t taken = 0; taken < batch && !backlog_.empty();) {
        append(backlog_.first());
        taken += backlog_.take()->size();
    }
}

}   // namespace hawser::frame
