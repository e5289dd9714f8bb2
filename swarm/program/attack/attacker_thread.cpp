#include "attacker_thread.hpp"

#include <hawser/io/group.hpp>
#include <hawser/io/run.hpp>

#include <algorithm>

namespace hawser::swarm_program {

attacker_thread::attacker_thread(const swarm_program::attack& attack, const attack_setup& setup)
    : attack_(attack), setup_(setup), thread_(&attacker_thread::run, this) {}

attacker_thread::~attacker_thread() {
    stop();
    if (thread_.joinable()) thread_.join();
}

attacker_totals attacker_thread::join() {
    if (thread_.joinable()) thread_.join();
    if (failure_) std::rethrow_exception(failure_);
    return totals_;
}

void attacker_thread::run() {
    try {
        io::run(play_all());
    } catch (...) {
        failure_ = std::current_exception();
    }
    done_ = true;
}

io::task<void> attacker_thread::play_all() {
    const io::executor here = co_await io::this_executor;
    std::vector<std::unique_ptr<attacker>> all;
    io::group playing(here);
    playing_ = setup_.options.attackers;
    for (std::uint32_t number = 0; number < setup_.options.attackers; ++number) {
        all.push_back(std::make_unique<attacker>(setup_, number, stop_.get_token()));
        playing.spawn(play(*all.back()));
    }
    playing.spawn(close_at_stop(all));
    co_await playing.join();
    for (const auto& one : all) {
        const attacker_counts& counts = one->counts();
        totals_.connections += counts.connections;
        totals_.connected += counts.connections > 0;
        totals_.closed += counts.closed_after.has_value();
        totals_.last_closed = std::max(totals_.last_closed, counts.closed_after.value_or(io::duration::zero()));
        totals_.requests += counts.requests;
        totals_.answered += counts.answered;
    }
}

io::task<void> attacker_thread::play(attacker& one) {
    try {
        co_await attack_.play(one);
    } catch (...) {
        failure_ = std::current_exception();   // the others go on
    }
    one.close();
    --playing_;
}

// Closing a connection wakes the attacker that waits on it.
io::task<void> attacker_thread::close_at_stop(const std::vector<std::unique_ptr<attacker>>& all) {
    constexpr io::duration look = std::chrono::milliseconds(50);   // soon enough for people, and no load
    while (playing_ > 0) {
        co_await io::sleep(look);
        if (!stop_.stop_requested()) continue;
        for (const auto& one : all) one->close();
    }
}

}   // namespace hawser::swarm_program
