// crowd: all attackers of one attack, on a thread and an io_context of their own: they are not to take time from the good clients
// that are measured meanwhile.
//
//   crowd attackers(what, at);                    // off they go
//   while (!attackers.is_done()) ...              // or attackers.stop()
//   const tally counted = attackers.join();
//
// Invariant: its thread has ended when it is gone. Everything that an attacker waits for ends when stop() is called.
#pragma once

#include "attack.hpp"

#include <atomic>
#include <exception>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace hawser::swarm_program {

/// What became of all of them.
struct tally {
    std::uint64_t connections = 0;
    std::uint32_t connected = 0;   ///< attackers with at least one
    std::uint32_t closed = 0;      ///< of them, by the server
    io::duration last_closed{};    ///< after so long, at most
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;
};

class crowd {
public:
    /// Both must outlive it.
    crowd(const attack& what, const scene& at);
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;
    ~crowd();

    [[nodiscard]] bool is_done() const noexcept { return done_; }
    /// Asks them to end, which takes them some tenths of a second. From any thread.
    void stop() noexcept { stop_.request_stop(); }
    /// Waits for the end, which is_done() says is near. Throws what an attacker threw.
    [[nodiscard]] tally join();

private:
    void run();
    io::task<void> play_all();
    io::task<void> play(attacker& one);
    io::task<void> hang_up_at_stop(const std::vector<std::unique_ptr<attacker>>& all);

    const attack& what_;
    const scene& scene_;
    std::stop_source stop_;
    tally tally_;
    std::uint32_t playing_ = 0;
    std::exception_ptr failure_;
    std::atomic<bool> done_ = false;
    std::thread thread_;
};

}  // namespace hawser::swarm_program
