// crew: the workers of a server and its front, each on an io_context of its own, or all of them on the user's.
//
//   const auto on = std::make_shared<crew>(settings);   // or crew(users)
//   on->front();    // lets connections in and sees to the end: no handler holds it up, but on the user's
//   on->let_go();   // the io_contexts return when nothing is left
//
// Everything that takes a descriptor or memory of its own is made with it, before there is a connection.
#pragma once

#include "../effective_config.hpp"
#include "../worker.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace hawser::inline v0::server {

class crew {
public:
    /// As many workers as the settings want, now.
    explicit crew(const effective_config& settings);
    /// One, on the user's io_context, which outlives this.
    explicit crew(io::asio::io_context& users);

    [[nodiscard]] bool is_own() const noexcept { return front_ != nullptr; }
    [[nodiscard]] io::executor front() const noexcept {
        return front_ ? front_->get_executor() : workers_.front()->executor();
    }
    [[nodiscard]] const std::vector<std::unique_ptr<worker>>& workers() const noexcept { return workers_; }
    /// Connections that are open.
    [[nodiscard]] std::size_t live() const noexcept;

    // Of its own io_contexts; the user's are left alone.

    /// Runs the front's on this thread.
    void run_front() { worker::run_through(*front_); }
    /// They need not wait for more. False if that is known already, or they are the user's.
    bool let_go() noexcept;
    void stop() noexcept;
    /// Destroys what waits there. Their threads have ended.
    void shut_down();

private:
    void make_services();

    std::unique_ptr<own_context> front_;
    std::vector<std::unique_ptr<worker>> workers_;
    std::vector<io::asio::executor_work_guard<io::executor>> guards_;
};

}   // namespace hawser::server
