#include <hawser/io/group.hpp>

#include <hawser/io/next_turn.hpp>

#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace hawser::io {

void group::spawn(task<void> child) {
    enter();
    const bool was_spawning = std::exchange(is_spawning_, true);
    try {
        asio::co_spawn(ended_.get_executor(), run(*this, std::move(child)),
                       [this](std::exception_ptr error) { ended(std::move(error)); });
    } catch (...) {
        is_spawning_ = was_spawning;
        leave();
        throw;
    }
    is_spawning_ = was_spawning;
}

// One that ends inside of spawn() has never waited. Asio takes memory to end such a coroutine, and without it destroys it, tells
// nobody, and throws out of the io_context. So it waits for a turn, for which there is memory.
task<void> group::run(group& all, task<void> child) {
    operation_memory posted;
    std::exception_ptr error;
    try {
        co_await std::move(child);
    } catch (...) {
        error = std::current_exception();
    }
    if (all.is_spawning_) co_await next_turn(all.ended_.get_executor(), posted);
    if (error) std::rethrow_exception(error);
}

void group::stop() {
    static_cast<void>(token());   // makes the source, so that a token asked for later knows
    stop_.request_stop();
}

std::stop_token group::token() {
    if (!stop_.stop_possible()) stop_ = std::stop_source();
    return stop_.get_token();
}

task<void> group::join() {
    while (running_ > 0) co_await ended_.wait();
    if (first_error_) std::rethrow_exception(std::exchange(first_error_, nullptr));
}

void group::ended(std::exception_ptr error) {
    if (error && !first_error_) first_error_ = std::move(error);
    leave();
}

}  // namespace hawser::io
