#include "datagram_service.hpp"

#include <hawser/io/group.hpp>
#include <hawser/io/run.hpp>
#include <hawser/io/signal_watch.hpp>
#include <hawser/io/stop_signals.hpp>

#include <memory>

namespace example {

namespace {

using sockets = std::vector<std::unique_ptr<io::datagram_socket>>;

io::task<void> serve_until_told(const sockets& all, datagram_function serve, io::signal_watch& signals) {
    io::group running(co_await io::this_executor);
    for (const auto& socket : all) running.spawn(serve(*socket));
    co_await running.join();
    signals.end();   // or it would be waited for
}

// Why it cannot; empty if it can.
std::string open_at(const io::executor& on, const std::string& text, sockets& into) {
    const auto where = io::address::parse(text);
    if (!where) return text + " is no address";
    auto bound = io::listen_datagrams(on, *where);
    if (!bound) return "cannot listen on " + text + ": " + bound.error().message();
    into.push_back(std::move(*bound));
    return {};
}

}  // namespace

int serve_datagrams(const std::vector<std::string>& listen, datagram_function serve, server::events& report) {
    io::asio::io_context context(1);
    sockets all;
    std::vector<std::string> addresses;
    std::vector<std::uint16_t> ports;
    for (const std::string& text : listen) {
        const std::string trouble = open_at(context.get_executor(), text, all);
        if (!trouble.empty()) return report.start_failed(trouble), 1;
        addresses.push_back("udp:" + all.back()->local().text());
        ports.push_back(all.back()->local().port);
    }
    const io::stop_signals caught;
    const io::stop_signals::obeyed by_the_watch;
    io::signal_watch signals(context.get_executor(), [&all](io::stop_signals::wish) {
        for (const auto& socket : all) socket->close();
    });
    report.listening(addresses, ports);
    io::run(context, serve_until_told(all, serve, signals));
    return 0;
}

}  // namespace example
