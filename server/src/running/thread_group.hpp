// thread_group: the threads of a server, from their start until they have returned or are abandoned.
//
//   thread_group threads(crew);
//   threads.start(service, with_front);
//   // when the server has ended: joins them, or calls abandon() and lets them run
//   threads.settle(is_time_up, abandon);
//
// Its end stops and joins those that are there, as after a start that failed. The crew and the service outlive this.
#pragma once

#include "crew.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hawser::inline v0::server {

class thread_group {
public:
    explicit thread_group(crew& of) noexcept : crew_(of) {}
    thread_group(const thread_group&) = delete;
    thread_group& operator=(const thread_group&) = delete;
    ~thread_group();

    /// One for each worker and, unless its caller lends one, for the front. Throws std::system_error that
    /// says which cannot be started.
    void start(const service& of, bool with_front);
    [[nodiscard]] bool empty() const noexcept { return threads_.empty(); }

    /// Waits for them until it is time; not much longer, whatever they do. What it calls throws nothing. Any number of
    /// threads may be in here, of which one does it.
    void settle(const std::function<bool()>& is_time_up, const std::function<void()>& abandon) noexcept;
    /// What keeps some from returning, for abandon().
    [[nodiscard]] std::vector<std::string> stuck() const;

private:
    void start(std::function<void()> what);
    void start(worker& home, const service& of);
    [[nodiscard]] bool return_in_time(const std::function<bool()>& is_time_up);
    [[nodiscard]] bool have_returned() const noexcept;
    void join();

    crew& crew_;
    std::vector<std::thread> threads_;
    std::mutex settling_;
    std::mutex mutex_;
    std::condition_variable returned_;
};

}   // namespace hawser::server
