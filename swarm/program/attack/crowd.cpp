#include "crowd.hpp"

#include <hawser/io/group.hpp>
#include <hawser/io/run.hpp>

#include <algorithm>

namespace hawser::swarm_program {

crowd::crowd(const attack& what, const scene& at) : what_(what), scene_(at), thread_(&crowd::run, this) {}

crowd::~crowd() {
    stop();
    if (thread_.joinable()) thread_.join();
}

tally crowd::join() {
    if (thread_.joinable()) thread_.join();
    if (failure_) std::rethrow_exception(failure_);
    return tally_;
}

void crowd::run() {
    try {
        io::run(play_all());
    } catch (...) {
        failure_ = std::current_exception();
    }
    done_ = true;
}

io::task<void> crowd::play_all() {
    const io::executor here = co_await io::this_executor;
    std::vector<std::unique_ptr<attacker>> all;
    io::group playing(here);
    playing_ = scene_.settings.attackers;
    for (std::uint32_t number = 0; number < scene_.settings.attackers; ++number) {
        all.push_back(std::make_unique<attacker>(scene_, number, stop_.get_token()));
        playing.spawn(play(*all.back()));
    }
    playing.spawn(hang_up_at_stop(all));
    co_await playing.join();
    for (const auto& one : all) {
        const outcome& came_to = one->came_to();
        tally_.connections += came_to.connections;
        tally_.connected += came_to.connections > 0;
        tally_.closed += came_to.closed_after.has_value();
        tally_.last_closed = std::max(tally_.last_closed, came_to.closed_after.value_or(io::duration::zero()));
        tally_.asked += came_to.asked;
        tally_.answered += came_to.answered;
    }
}

io::task<void> crowd::play(attacker& one) {
    try {
        co_await what_.play(one);
    } catch (...) {
        failure_ = std::current_exception();   // the others go on
    }
    one.hang_up();
    --playing_;
}

// Whoever waits for the server is woken by this.
io::task<void> crowd::hang_up_at_stop(const std::vector<std::unique_ptr<attacker>>& all) {
    constexpr io::duration look = std::chrono::milliseconds(50);   // soon enough for people, and no load
    while (playing_ > 0) {
        co_await io::sleep(look);
        if (!stop_.stop_requested()) continue;
        for (const auto& one : all) one->hang_up();
    }
}

}  // namespace hawser::swarm_program
