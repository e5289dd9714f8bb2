// lifecycle: whether a server is about to serve, serves or has ended, and who wants it to end. For any thread.
//
//   if (!life.begin()) ...                       // a start: there is one at a time, and one that succeeds
//   life.serve(let_in, obey);                    // it has; or life.fail(), and all is as it was
//   life.ask_to_end(10s);                        // also before the start: obey() is called when the server serves
//   const auto grace = life.take_asked();        // by whom that told: the shortest that was asked for
//   life.end();                                  // wait() returns
//
// Invariants: to ask takes no memory, and however often it is done, obey() is called once until the wish is taken.
// While somebody holds lock_if_serving(), the server does not come to its end.
#pragma once

#include <hawser/io/clock.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace hawser::inline v0::server {

class lifecycle {
public:
    /// False if it has been.
    [[nodiscard]] bool begin() noexcept;
    void fail() noexcept;
    /// Calls `let_in`; whoever comes first does not find a server that is about to start. From now on `obey` is called,
    /// by any thread and with the lock: neither throws.
    void serve(const std::function<void()>& let_in, std::function<void()> obey) noexcept;
    void end() noexcept;

    void ask_to_end(io::duration grace) noexcept;
    [[nodiscard]] std::optional<io::duration> take_asked() noexcept;
    /// Nobody new is welcome.
    void turn_unready() noexcept { is_ready_ = false; }

    /// Every listener accepts, and nobody has asked for the end.
    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    /// It is about to serve, does, or has.
    [[nodiscard]] bool has_begun() const noexcept { return now_ != phase::idle; }
    /// It does, or has: what its start has made stays.
    [[nodiscard]] bool has_served() const noexcept { return now_ >= phase::serving; }
    /// Holds the lock if what is published now is delivered; else none.
    [[nodiscard]] std::unique_lock<std::mutex> lock_if_serving() const;
    /// Until it has ended; false if it is not about to serve any more.
    [[nodiscard]] bool wait() const;

private:
    enum class phase : unsigned char { idle, starting, serving, ended };

    void obey_once() noexcept;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::atomic<phase> now_ = phase::idle;   // changed with the lock
    std::optional<io::duration> asked_;
    std::function<void()> obey_;
    bool is_told_ = false;                 // obey() has been called, and has not taken what was asked
    std::atomic<bool> is_ready_ = false;   // becomes true with the lock
};

}   // namespace hawser::server
