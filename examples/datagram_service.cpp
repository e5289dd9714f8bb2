#include "datagram_service.hpp"

#include "signal_end.hpp"

#include <hawser/io/group.hpp>

#include <memory>

namespace example {

namespace {

using sockets = std::vector<std::unique_ptr<io::datagram_socket>>;

io::task<void> serve_all(const sockets& all, datagram_function serve) {
    io::group running(co_await io::this_executor);
    for (const auto& socket : all) running.spawn(serve(*socket));
    co_await running.join();
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

}   // namespace

int serve_datagrams(const std::vector<std::string>& listen, datagram_function serve, server::events& events) {
    io::asio::io_context context(1);
    sockets all;
    std::vector<std::string> addresses;
    std::vector<std::uint16_t> ports;
    for (const std::string& text : listen) {
        const std::string trouble = open_at(context.get_executor(), text, all);
        if (!trouble.empty()) {
            events.start_failed(trouble);
            return 1;
        }
        addresses.push_back("udp:" + all.back()->local().text());
        ports.push_back(all.back()->local().port);
    }
    signal_end end(context, [&all] {
        for (const auto& socket : all) socket->close();
    });
    events.listening(addresses, ports);
    end.run(serve_all(all, serve));
    return 0;
}

}   // namespace example
