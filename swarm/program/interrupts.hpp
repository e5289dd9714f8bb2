// interrupts: Ctrl-C, SIGTERM and a terminal that goes, as io::stop_signals knows them. The first asks for an end, the second does not wait for it.
//
//   const io::stop_signals caught(io::stop_signals::also::hang_up);
//   io::spawn(context, obey_interrupts([&] { swarm.stop(); }, [&] { context.stop(); }), rethrow);
#pragma once

#include <hawser/io/task.hpp>

#include <functional>

namespace hawser::swarm_program {

/// Ends when the second has been called, which is often never: for a context that is stopped. Each is called once at most, on the
/// context's thread.
[[nodiscard]] io::task<void> obey_interrupts(std::function<void()> first, std::function<void()> second);

}  // namespace hawser::swarm_program
