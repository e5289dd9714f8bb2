// activity: what of the user's a thread is busy with, for whoever waits in vain for its end.
//
//   busy.begins(session, "submit");     // on the thread
//   busy.has_ended();                   // does not return if the thread was given up meanwhile
//   busy.last_begun();                  // any thread: "submit of connection 7 from 127.0.0.1:4711"
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace hawser::inline v0::server {

class session;

class activity {
public:
    /// The name outlives this.
    void begins(const session& whose, const std::string_view& what) noexcept {
        whose_.store(&whose, std::memory_order_release);
        begins(what);
    }
    /// For nobody who is connected.
    void begins_for_nobody(const std::string_view& what) noexcept {
        whose_.store(nullptr, std::memory_order_release);
        begins(what);
    }
    /// The next, for the same session.
    void begins(const std::string_view& what) noexcept { what_.store(&what, std::memory_order_relaxed); }
    /// A session that is gone is not what it is busy for.
    void forget(const session& gone) noexcept {
        const session* of = &gone;
        if (whose_.compare_exchange_strong(of, nullptr, std::memory_order_relaxed))
            what_.store(nullptr, std::memory_order_relaxed);
    }
    /// And it has ended.
    void has_ended() const noexcept {
        if (is_given_up_.load(std::memory_order_relaxed)) [[unlikely]]
            stay_away();
    }

    /// Nobody expects the thread any more: it goes no further than to the end of that.
    void give_up() noexcept { is_given_up_ = true; }
    /// Of a thread that is blocked.
    [[nodiscard]] std::string last_begun() const;

private:
    [[noreturn]] static void stay_away() noexcept;

    std::atomic<const session*> whose_{nullptr};
    std::atomic<const std::string_view*> what_{nullptr};
    std::atomic<bool> is_given_up_{false};
};

}   // namespace hawser::server
