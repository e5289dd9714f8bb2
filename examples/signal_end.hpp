// signal_end: a service without server::server, on one thread, ends when SIGINT or SIGTERM says so.
//
//   example::signal_end end(context, [&] { listener->close(); });   // from here on a signal is not lost
//   events.listening(addresses, ports);
//   end.run(accept(*listener));                                      // until it has ended
#pragma once

#include <hawser/io/run.hpp>
#include <hawser/io/signal_watch.hpp>
#include <hawser/io/stop_signals.hpp>

#include <functional>

namespace example {

using namespace hawser;

class signal_end {
public:
    /// `stop` makes what runs end. It is called on the context's thread.
    signal_end(io::asio::io_context& context, std::function<void()> stop);

    /// Runs the context until the service has ended, and everything else of it.
    void run(io::task<void> service);

private:
    // Until the process is gone: the same signal, passed on by somebody else, may come when everything here has ended.
    static const io::stop_signals& caught();

    io::asio::io_context& context_;
    const io::stop_signals& caught_ = caught();
    io::stop_signals::obeyed by_the_watch_;
    io::signal_watch watch_;
};

}   // namespace example
