#include <hawser/io/memory_budget.hpp>

#include <hawser/io/watchdog.hpp>

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace hawser::io {

namespace {

// How soon those who are paused look again: memory comes free on any thread, and nobody tells them.
constexpr duration look_interval = std::chrono::milliseconds(10);

// And then how many at a time, so that they do not fill it again at once.
constexpr std::size_t turns_when_relieved = 64;

}  // namespace

void give_large_blocks_back() noexcept {
    constexpr int large = 128 * 1024;    // where malloc begins
    mallopt(M_MMAP_THRESHOLD, large);   // one that is set does not grow; a larger block is a mapping of its own
}

pressure memory_budget::level() const noexcept {
    const std::size_t drawn_now = drawn();
    const auto share = [this](std::size_t percent) { return size_ / 100 * percent; };
    if (drawn_now < share(75)) return pressure::none;
    if (drawn_now < share(85)) return pressure::pause_holders;
    if (drawn_now < share(90)) return pressure::refuse_peers;
    return drawn_now < size_ ? pressure::close_largest : pressure::stop_growing;
}

memory_account::memory_account(asio::execution_context& context)
    : asio::execution_context::service(context),
      look_again_(watchdog::of(static_cast<asio::io_context&>(context).get_executor()),
                  [](void* self) { static_cast<memory_account*>(self)->give_turns(); }, this) {}

memory_account& memory_account::of(const executor& where) { return asio::use_service<memory_account>(where.context()); }

void memory_account::draw_from(std::shared_ptr<memory_budget> pool, std::function<void()> when_short) {
    if (pool_) pool_->drawn_.fetch_sub(std::exchange(drawn_, 0), std::memory_order_relaxed);
    pool_ = std::move(pool);
    when_short_ = std::move(when_short);
    settle();
}

void memory_account::shutdown() {
    draw_from(nullptr);
    look_again_.clear();
}

void memory_account::change(std::size_t before, std::size_t now) noexcept {
    used_ = used_ - before + now;
    if (used_ > drawn_ || drawn_ - used_ > slack) settle();
}

// Draws or gives back, so that what is drawn covers what is used, and not much more.
void memory_account::settle() noexcept {
    if (!pool_) return;
    const std::size_t wanted = (used_ + step - 1) / step * step;
    const std::size_t before = std::exchange(drawn_, wanted);
    if (wanted <= before) {
        pool_->drawn_.fetch_sub(before - wanted, std::memory_order_relaxed);
        return;
    }
    pool_->drawn_.fetch_add(wanted - before, std::memory_order_relaxed);
    if (when_short_ && pool_->level() >= pressure::close_largest) when_short_();
}

memory_account::turn::turn(memory_account& of, event& wake) : wake_(wake) {
    of.line_.push_back(*this);
    if (of.look_again_.at() == time_point::max()) of.look_again_.move(after(clock::now(), look_interval));
}

void memory_account::give_turns() {
    look_again_.clear();
    const pressure now = level();
    std::size_t turns = now == pressure::none ? turns_when_relieved : now == pressure::stop_growing ? 0 : 1;
    for (; turns > 0 && !line_.empty(); --turns) {
        turn& first = line_.front();
        line_.pop_front();
        first.has_come_ = true;
        first.wake_.notify();
    }
    if (!line_.empty()) look_again_.move(after(clock::now(), look_interval));
}

}  // namespace hawser::io
