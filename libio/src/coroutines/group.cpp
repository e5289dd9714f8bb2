#include <hawser/io/group.hpp>

#include <hawser/io/spawn.hpp>

#include <utility>

namespace hawser::inline v0::io {

void group::spawn(task<void> child) {
    enter();
    try {
        io::spawn(ended_.get_executor(), std::move(child),
                  [this](std::exception_ptr error) { ended(std::move(error)); });
    } catch (...) {
        leave();
        throw;
    }
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

}   // namespace hawser::io
