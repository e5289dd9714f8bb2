// signal_watch: tells a server of SIGINT and SIGTERM, on the thread of its executor.
//
//   const stop_signals caught;
//   // drain, then perhaps end_at_once: once each
//   signal_watch watch(executor, [&](stop_signals::wish asked) { ... });
//   watch.end();
//
// It is woken by the descriptor of stop_signals, and looks each second in case that failed; after the first signal 20
// times a second. It allocates nothing once it is made. It is destroyed after its executor has had its turn once more.
#pragma once

#include <hawser/io/deadline.hpp>
#include <hawser/io/operation_memory.hpp>
#include <hawser/io/stop_signals.hpp>
#include <hawser/io/task.hpp>

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <functional>

namespace hawser::inline v0::io {

class signal_watch {
public:
    /// `tell` may not throw.
    signal_watch(const executor& where, std::function<void(stop_signals::wish)> tell);
    signal_watch(const signal_watch&) = delete;
    signal_watch& operator=(const signal_watch&) = delete;

    void end() noexcept;   ///< calls nobody any more

private:
    void wait_for_one();
    void look() noexcept;

    std::function<void(stop_signals::wish)> tell_;
    stop_signals::wish told_ = stop_signals::wish::none;
    asio::posix::basic_stream_descriptor<executor> woken_;
    operation_memory memory_;
    deadline next_look_;
};

}   // namespace hawser::io
