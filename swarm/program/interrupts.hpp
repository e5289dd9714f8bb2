// interrupts: reacts to Ctrl-C, SIGTERM and SIGHUP, which io::stop_signals catches. The first signal asks for an end,
// the second ends at once.
//
//   const io::stop_signals caught(io::stop_signals::also::hang_up);
//   io::spawn(context, obey_interrupts([&] { swarm.stop(); }, [&] { context.stop(); }), rethrow);
#pragma once

#include <hawser/io/task.hpp>

#include <functional>

namespace hawser::swarm_program {

/// Calls each function once at most, on the context's thread. It returns when `second` has been called, which is often
/// never: the context has to be stopped.
[[nodiscard]] io::task<void> obey_interrupts(std::function<void()> first, std::function<void()> second);

}   // namespace hawser::swarm_program
