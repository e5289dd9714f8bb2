// attacker_thread: runs all attackers of one attack on a thread and an io_context of their own, so that they take no
// time from the good clients that are measured meanwhile.
//
//   attacker_thread attackers(attack, setup);          // they begin at once
//   while (!attackers.is_done()) ...                   // or attackers.stop()
//   const attacker_totals totals = attackers.join();
//
// Invariant: the thread has ended when the object is destroyed. stop() ends every wait of every attacker.
#pragma once

#include "attack.hpp"

#include <atomic>
#include <exception>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace hawser::swarm_program {

/// The counts of all attackers, added up.
struct attacker_totals {
    std::uint64_t connections = 0;
    std::uint32_t connected = 0;   ///< attackers that had a connection
    std::uint32_t closed = 0;      ///< how many of those the server closed
    io::duration last_closed{};    ///< the longest time that it took for one
    std::uint64_t requests = 0;
    std::uint64_t answered = 0;
};

class attacker_thread {
public:
    /// Both must outlive it.
    attacker_thread(const swarm_program::attack& attack, const attack_setup& setup);
    attacker_thread(const attacker_thread&) = delete;
    attacker_thread& operator=(const attacker_thread&) = delete;
    ~attacker_thread();

    [[nodiscard]] bool is_done() const noexcept { return done_; }
    /// Asks all attackers to end, which takes some tenths of a second. May be called on any thread.
    void stop() noexcept { stop_.request_stop(); }
    /// Waits until the thread ends; at once if is_done(). Throws what an attacker threw.
    [[nodiscard]] attacker_totals join();

private:
    void run();
    io::task<void> play_all();
    io::task<void> play(attacker& one);
    io::task<void> close_at_stop(const std::vector<std::unique_ptr<attacker>>& all);

    const swarm_program::attack& attack_;
    const attack_setup& setup_;
    std::stop_source stop_;
    attacker_totals totals_;
    std::uint32_t playing_ = 0;
    std::exception_ptr failure_;
    std::atomic<bool> done_ = false;
    std::thread thread_;
};

}   // namespace hawser::swarm_program
