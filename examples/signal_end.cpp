#include "signal_end.hpp"

#include <utility>

namespace example {

namespace {

io::task<void> run_and_end(io::task<void> service, io::signal_watch& watch) {
    co_await std::move(service);
    watch.end();   // or it would be waited for
}

}   // namespace

const io::stop_signals& signal_end::caught() {
    static const auto* const for_ever = new io::stop_signals;
    return *for_ever;
}

signal_end::signal_end(io::asio::io_context& context, std::function<void()> stop)
    : context_(context), watch_(context.get_executor(), [stop = std::move(stop)](io::stop_signals::wish) { stop(); }) {}

void signal_end::run(io::task<void> service) { io::run(context_, run_and_end(std::move(service), watch_)); }

}   // namespace example
