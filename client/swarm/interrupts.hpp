// interrupts: Ctrl-C and SIGTERM. The first asks for an end, the second does not wait for it.
//
//   const interrupts ctrl_c(context, [&] { swarm.stop(); }, [&] { context.stop(); });
#pragma once

#include <hawser/io/task.hpp>

#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <functional>

namespace hawser::swarm_program {

class interrupts {
public:
    /// Both are called on the context's thread, at most once.
    interrupts(io::asio::io_context& context, std::function<void()> first, std::function<void()> second);
    interrupts(const interrupts&) = delete;
    interrupts& operator=(const interrupts&) = delete;

private:
    std::function<void()> first_;
    std::function<void()> second_;
    io::asio::signal_set signals_;
};

/// While it is there Ctrl-C and SIGTERM end nothing by themselves: what was measured is still written. Interrupts hear of them.
class passing_over_interrupts {
public:
    passing_over_interrupts() : signals_(aside_, SIGINT, SIGTERM) {}

private:
    io::asio::io_context aside_{1};
    io::asio::signal_set signals_;
};

}  // namespace hawser::swarm_program
