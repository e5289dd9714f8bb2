#include <hawser/frame/segments.hpp>

#include <cassert>
#include <new>
#include <utility>

namespace hawser::inline v0::frame {

namespace {

// A front that is being written is not moved for less.
constexpr std::size_t worth_moving = 64 * 1024;

bool is_loose(const byte_buffer& block) noexcept { return block.capacity() - block.size() > block.size() / 4; }

}   // namespace

byte_buffer fit(byte_buffer& block) noexcept try {
    if (!is_loose(block)) return {};
    byte_buffer tight;
    if (!block.empty()) {
        tight = byte_buffer(block.size());
        tight.append(block.view());
    }
    return std::exchange(block, std::move(tight));
} catch (const std::bad_alloc&) {
    return {};
}

void segments::append(byte_buffer&& block) {
    if (block.empty()) return;
    static_cast<void>(frame::fit(block));
    segment& made = all_.emplace_back();
    made.own = std::move(block);
    size_ += made.own.size();
    own_ += made.own.capacity();
}

void segments::append(shared_frame frame) {
    if (frame->empty()) return;
    segment& made = all_.emplace_back();
    made.common = std::move(frame);
    size_ += made.common->size();
    shared_ += made.common->size();
}

bytes segments::front() const noexcept {
    const segment& first = all_.front();
    return first.common ? first.common->view().subspan(sent_) : first.own.view();
}

void segments::consume(std::size_t count) noexcept {
    assert(count <= front().size());
    segment& first = all_.front();
    size_ -= count;
    if (first.common) {
        sent_ += count;
        if (sent_ < first.common->size()) return;
        shared_ -= std::exchange(sent_, 0);
    } else {
        const std::size_t held = first.own.capacity();
        first.own.consume(count);
        if (!first.own.empty()) return;
        own_ -= held;
    }
    all_.pop_front();
}

void segments::fit() noexcept {
    if (all_.empty()) return;
    byte_buffer& first = all_.front().own;
    const std::size_t before = first.capacity();
    if (before - first.size() < worth_moving) return;
    static_cast<void>(frame::fit(first));
    own_ = own_ - before + first.capacity();
}

}   // namespace hawser::frame
