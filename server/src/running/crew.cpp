#include "crew.hpp"

#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/random.hpp>
#include <hawser/io/watchdog.hpp>

namespace hawser::inline v0::server {

crew::crew(const effective_config& settings) : front_(std::make_unique<own_context>()) {
    guards_.emplace_back(front());
    const unsigned count = settings.threads_now();
    while (workers_.size() < count) workers_.push_back(std::make_unique<worker>());
    for (const auto& one : workers_) guards_.emplace_back(one->executor());
    make_services();
}

crew::crew(io::asio::io_context& users) {
    workers_.push_back(std::make_unique<worker>(users));
    make_services();
}

void crew::make_services() {
    for (const auto& one : workers_) {
        static_cast<void>(io::watchdog::of(one->executor()));
        static_cast<void>(io::buffer_pool::of(one->executor()));
        static_cast<void>(io::random::of(one->executor()));
    }
    static_cast<void>(io::watchdog::of(front()));
}

std::size_t crew::live() const noexcept {
    std::size_t sum = 0;
    for (const auto& one : workers_) sum += one->live.load(std::memory_order_relaxed);
    return sum;
}

bool crew::let_go() noexcept {
    const bool were_held = !guards_.empty();
    guards_.clear();
    return were_held;
}

void crew::stop() noexcept {
    if (!is_own()) return;
    for (const auto& one : workers_) one->context().stop();
    front_->stop();
}

// Whoever waits for an abandoned session gets to know. Asio unwinds a coroutine through its own executor: destroyed by
// one io_context, it is posted to another, which may have been shut down already. So this goes on for as many rounds
// as coroutines may wait for each other across threads.
void crew::shut_down() {
    constexpr int rounds = 16;
    if (!is_own()) return;
    for (int round = 0; round < rounds; ++round) {
        for (const auto& one : workers_) one->shut_down();
        front_->shutdown();
    }
}

}   // namespace hawser::server
