#include <hawser/io/memory_budget.hpp>

#include <chrono>
#include <utility>

namespace hawser::io {

namespace {

// How soon those who are paused look again: memory comes free on any thread, and nobody tells them.
constexpr duration look_interval = std::chrono::milliseconds(10);

}  // namespace

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
      relieved_(static_cast<asio::io_context&>(context).get_executor()),
      look_again_(static_cast<asio::io_context&>(context).get_executor()) {}

memory_account& memory_account::of(const executor& where) { return asio::use_service<memory_account>(where.context()); }

void memory_account::draw_from(std::shared_ptr<memory_budget> pool, std::function<void()> when_short) {
    if (pool_) pool_->drawn_.fetch_sub(std::exchange(drawn_, 0), std::memory_order_relaxed);
    pool_ = std::move(pool);
    when_short_ = std::move(when_short);
    settle();
}

void memory_account::shutdown() {
    draw_from(nullptr);
    look_again_.cancel();
}

void memory_account::change(std::size_t before, std::size_t now) noexcept {
    used_ = used_ - before + now;
    if (used_ > drawn_ || drawn_ - used_ > 2 * step) settle();
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

task<void> memory_account::relief() {
    if (!std::exchange(looking_, true)) {
        look_again_.expires_after(look_interval);
        look_again_.async_wait([this](const error_code&) {
            looking_ = false;
            relieved_.notify();
        });
    }
    co_await relieved_.wait();
}

}  // namespace hawser::io
