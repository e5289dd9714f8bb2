#include "interrupts.hpp"

#include <hawser/io/clock.hpp>
#include <hawser/io/stop_signals.hpp>

#include <chrono>

namespace hawser::swarm_program {

namespace {

// Fast enough for people, and no load.
constexpr io::duration look_interval = std::chrono::milliseconds(50);

}   // namespace

io::task<void> obey_interrupts(std::function<void()> first, std::function<void()> second) {
    using io::stop_signals;
    while (stop_signals::asked() == stop_signals::wish::none) co_await io::sleep(look_interval);
    first();
    while (stop_signals::asked() != stop_signals::wish::end_at_once) co_await io::sleep(look_interval);
    second();
}

}   // namespace hawser::swarm_program
