// worker: one thread of a server: its io_context, its sessions, its counters.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/io/task.hpp>

#include "session.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace hawser::server {

class worker {
public:
    /// With an io_context of its own.
    worker() : own_(std::make_unique<io::asio::io_context>(1)), executor_(own_->get_executor()) {}
    /// On the user's, which outlives this.
    explicit worker(io::asio::io_context& users) : executor_(users.get_executor()) {}
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;
    /// Coroutines that were left in an io_context of its own are destroyed with it, while the rest is still here.
    ~worker() { own_.reset(); }

    [[nodiscard]] const io::executor& executor() const noexcept { return executor_; }
    [[nodiscard]] io::asio::io_context& context() const noexcept { return executor_.context(); }

    // On its thread.

    void add(session& opened);
    void remove(session& ended) noexcept;
    /// Every session finishes what it has received and ends; so does every one that is added later.
    void drain();
    /// Every session ends now.
    void fail_all(error_code why) noexcept;

    /// For encoding one packet; nobody keeps it across a co_await.
    byte_buffer scratch;

    // From any thread.

    /// Connections accepted for this worker of which anything is left. Changed on the first worker's thread.
    std::atomic<std::size_t> live{0};
    std::atomic<std::uint64_t> frames_in{0};
    std::atomic<std::uint64_t> frames_out{0};

private:
    std::unique_ptr<io::asio::io_context> own_;
    io::executor executor_;
    session::list sessions_;
    bool draining_ = false;
};

}  // namespace hawser::server
